// Blocks in order: what only shows is drawn by slack-blocks-to-jsx, what acts by the components of this page.

import { Message as Drawn, type Block as DrawnBlock } from "slack-blocks-to-jsx";
import { useId, useLayoutEffect, useRef, type ComponentProps, type ReactNode } from "react";
import type { Block } from "../contract";
import { ElementView, Unknown } from "../elements/ElementView";
import { isEmpty, useSurface } from "../elements/surface";
import { useWords } from "../words";
import { Chart, type ChartBlock } from "./Chart";
import { DataTable } from "./DataTable";

const DRAWN = new Set([
  "alert", "card", "carousel", "container", "context", "divider", "file", "header", "image",
  "markdown", "plan", "rich_text", "section", "table", "task_card", "video",
]); // prettier-ignore

export function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div className="blocks">
      {grouped(blocks).map((group, index) =>
        Array.isArray(group) ? <Static key={index} blocks={group} /> : <Acting key={group.block_id ?? index} block={group} />,
      )}
    </div>
  );
}

/** Return neighbours that only show as one group each, so that they are drawn together. */
function grouped(blocks: Block[]): (Block | Block[])[] {
  const groups: (Block | Block[])[] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (!onlyShows(block)) groups.push(block);
    else if (Array.isArray(last)) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

const onlyShows = (block: Block) => DRAWN.has(block.type) && (block.accessory === undefined || block.accessory.type === "image");

/**
 * Return a block whose mrkdwn is drawn as Slack does: verbatim text still has its bold and links, and what was escaped
 * is shown and means nothing, so that a ticket called <!channel> mentions nobody.
 */
function drawable<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(drawable) as Part;
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).filter(([name]) => name !== "verbatim");
  const isMrkdwn = (part as { type?: string }).type === "mrkdwn";
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isMrkdwn && name === "text" ? unescaped(value as string) : drawable(value)]),
  ) as Part;
}

// Signs that were escaped travel through the library as signs nobody uses, which its parser leaves alone.
const ESCAPED = { "&lt;": ["\uE000", "<"], "&gt;": ["\uE001", ">"], "&amp;": ["\uE002", "&"] } as const;
const unescaped = (mrkdwn: string) =>
  Object.entries(ESCAPED).reduce((words, [entity, [sign]]) => words.replaceAll(entity, sign), mrkdwn.replace(/^&gt;/gm, ">"));

function showEscaped(drawn: HTMLElement | null) {
  if (drawn === null) return;
  const walker = document.createTreeWalker(drawn, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as globalThis.Text;
    if (/[\uE000-\uE002]/.test(node.data))
      node.data = Object.values(ESCAPED).reduce((words, [sign, shown]) => words.replaceAll(sign, shown), node.data);
  }
}

export function Static({ blocks }: { blocks: Block[] }) {
  const { people, channels } = useSurface();
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => showEscaped(root.current));
  return (
    <div ref={root} className="drawn">
      <Drawn withoutWrapper blocks={blocks.map(drawable) as DrawnBlock[]} name="" logo="" data={{ users: people, channels }} hooks={HOOKS} />
    </div>
  );
}

const Link = ({ href, children, className }: { href: string; children: ReactNode; className: string }) => (
  <a href={href} className={className} target="_blank" rel="noopener noreferrer">
    {children}
  </a>
);

// What only looks like an emoji, as in 10:54:30 or « 10:54 : 30 », stays what it is.
const HOOKS: ComponentProps<typeof Drawn>["hooks"] = {
  link: Link,
  emoji: (emoji, parse) => {
    const name = emoji.name.replace(/^:|:$/g, "");
    const drawn = parse(emoji);
    return drawn.includes(name) ? `:${name}:` : drawn;
  },
};

function Acting({ block }: { block: Block }) {
  switch (block.type) {
    case "section": {
      const { accessory, ...section } = block;
      return (
        <div className="with-accessory">
          <Static blocks={[section]} />
          {accessory && <ElementView block={block} element={accessory} label={section.text?.text ?? ""} />}
        </div>
      );
    }
    case "actions":
      return (
        <div className="actions">
          {block.elements?.map((element, index) => (
            <ElementView key={element.action_id ?? index} block={block} element={element} label={element.placeholder?.text ?? ""} />
          ))}
        </div>
      );
    case "input":
      return <Input block={block} />;
    case "data_table":
      return <DataTable block={block} />;
    case "data_visualization":
      return <Chart block={block as unknown as ChartBlock} />;
    default:
      return <Unknown type={block.type} />;
  }
}

function Input({ block }: { block: Block }) {
  const words = useWords();
  const { errors } = useSurface();
  const id = useId();
  const { element, label, hint, optional, block_id: blockId = "" } = block;
  const error = errors[blockId];
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  if (element === undefined) return null;
  return (
    <div className={`input ${error ? "invalid" : ""}`} data-block={blockId}>
      <div className="input-label">
        {label?.text} {optional && <span className="hint">{words.optional}</span>}
      </div>
      <ElementView block={block} element={element} label={label?.text ?? ""} invalid={error !== undefined} describedBy={described || undefined} />
      {error && (
        <p className="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint.text}
        </p>
      )}
    </div>
  );
}

type Held = Parameters<typeof isEmpty>[0];

/** Return what Slack itself refuses before the app is asked: required inputs that are empty or too short. */
export function missing(blocks: Block[], values: Record<string, Record<string, Held>>, required: string, tooShort: (n: number) => string) {
  const found: Record<string, string> = {};
  for (const { type, optional, element, block_id: blockId = "" } of blocks) {
    if (type !== "input" || element === undefined) continue;
    const held = values[blockId]?.[element.action_id ?? ""];
    const least = element.min_length ?? 0;
    if (held === undefined || isEmpty(held)) {
      if (!optional) found[blockId] = required;
    } else if (typeof held.value === "string" && held.value.length < least) found[blockId] = tooShort(least);
  }
  return found;
}
