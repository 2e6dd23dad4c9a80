// What every element on a message, a modal or the App Home shares: what it holds, and how it tells the app.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { act, type Block, type Channel, type Choices, type Element, type Held, type Outcome, type Person, type Values } from "../contract";

/** Where the blocks stand; the payload of an action names it. */
export type Place = { channel?: string; message_ts?: string; view_id?: string };

type SurfaceState = {
  values: Values;
  errors: Record<string, string>;
  people: Person[];
  channels: Channel[];
  hold: (blockId: string, actionId: string, held: Held) => void;
  dispatch: (blockId: string, element: Element, held: Held) => Promise<Outcome>;
  choices: (blockId: string, element: Element, typed: string) => Promise<Choices>;
};

const Context = createContext<SurfaceState | null>(null);

export function useSurface(): SurfaceState {
  const surface = useContext(Context);
  if (surface === null) throw new Error("an element stands outside a surface");
  return surface;
}

type Props = {
  user: string;
  place: Place;
  blocks: Block[];
  people: Person[];
  channels: Channel[];
  /** What stands in the elements already. */
  filled?: Values;
  errors?: Record<string, string>;
  onValues?: (values: Values) => void;
  onOutcome: (outcome: Outcome) => void;
  children: ReactNode;
};

export function Surface({ user, place, blocks, people, channels, filled, errors = {}, onValues, onOutcome, children }: Props) {
  const [values, setValues] = useState<Values>(() => initialValues(blocks, filled));
  const latest = useRef(values);
  const { channel, message_ts, view_id } = place;

  // Blocks that were updated keep what was typed into the elements that stay, as in Slack.
  useEffect(() => {
    const fresh = initialValues(blocks, filled);
    for (const [blockId, elements] of Object.entries(fresh))
      for (const [actionId, held] of Object.entries(elements)) {
        const before = latest.current[blockId]?.[actionId];
        if (before?.type === held.type) elements[actionId] = before;
      }
    latest.current = fresh;
    setValues(fresh);
  }, [blocks]);

  useEffect(() => void onValues?.(values), [values, onValues]);

  const hold = useCallback((blockId: string, actionId: string, held: Held) => {
    latest.current = { ...latest.current, [blockId]: { ...latest.current[blockId], [actionId]: held } };
    setValues(latest.current);
  }, []);

  const surface = useMemo<SurfaceState>(() => {
    const where = { user, channel, message_ts, view_id };
    return {
      values,
      errors,
      people,
      channels,
      hold,
      dispatch: async (blockId, element, { type: _, ...chosen }) => {
        const outcome = await act("action", {
          ...where,
          block_id: blockId,
          action_id: element.action_id,
          ...chosen,
          state: { values: latest.current },
        });
        onOutcome(outcome);
        return outcome;
      },
      choices: (blockId, element, typed) =>
        act<Choices>("options", { ...where, block_id: blockId, action_id: element.action_id, value: typed }),
    };
  }, [user, channel, message_ts, view_id, values, errors, people, channels, hold, onOutcome]);

  return <Context.Provider value={surface}>{children}</Context.Provider>;
}

/** Give what an element holds, and a way to change it; a change outside an input block is told to the app at once. */
export function useHeld(block: Block, element: Element) {
  const surface = useSurface();
  const blockId = block.block_id ?? "";
  const actionId = element.action_id ?? "";
  const held = surface.values[blockId]?.[actionId] ?? initiallyHeld(element);
  const tells = block.type !== "input" || block.dispatch_action === true;
  const change = (next: Partial<Held>, tell = true) => {
    const changed = { ...held, ...next };
    surface.hold(blockId, actionId, changed);
    if (tell && tells) void surface.dispatch(blockId, element, changed);
  };
  return { held, change, blockId, actionId };
}

function initialValues(blocks: Block[], filled: Values = {}): Values {
  const values: Values = {};
  for (const block of blocks) {
    const elements = [...(block.elements ?? []), block.element, block.accessory];
    for (const element of elements) {
      if (!element?.action_id || !HOLDS.has(element.type)) continue;
      const known = filled[block.block_id ?? ""]?.[element.action_id];
      (values[block.block_id ?? ""] ??= {})[element.action_id] = known ?? initiallyHeld(element);
    }
  }
  return values;
}

const TEXTS = ["plain_text_input", "email_text_input", "url_text_input", "number_input"];
const HOLDS = new Set([
  ...TEXTS,
  "static_select", "external_select", "radio_buttons", "checkboxes",
  "conversations_select", "channels_select", "users_select",
  "multi_static_select", "multi_external_select", "multi_conversations_select", "multi_channels_select", "multi_users_select",
  "datepicker", "timepicker", "datetimepicker",
]); // prettier-ignore

export function initiallyHeld(element: Element): Held {
  const { type } = element;
  if (TEXTS.includes(type)) return { type, value: element.initial_value ?? null };
  switch (type) {
    case "static_select":
    case "external_select":
    case "radio_buttons":
      return { type, selected_option: element.initial_option ?? null };
    case "checkboxes":
    case "multi_static_select":
    case "multi_external_select":
      return { type, selected_options: element.initial_options ?? [] };
    case "conversations_select":
      return { type, selected_conversation: element.initial_conversation ?? null };
    case "multi_conversations_select":
      return { type, selected_conversations: element.initial_conversations ?? [] };
    case "channels_select":
      return { type, selected_channel: element.initial_channel ?? null };
    case "multi_channels_select":
      return { type, selected_channels: element.initial_channels ?? [] };
    case "users_select":
      return { type, selected_user: element.initial_user ?? null };
    case "multi_users_select":
      return { type, selected_users: element.initial_users ?? [] };
    case "datepicker":
      return { type, selected_date: element.initial_date ?? null };
    case "timepicker":
      return { type, selected_time: element.initial_time ?? null };
    case "datetimepicker":
      return { type, selected_date_time: element.initial_date_time ?? null };
    default:
      return { type };
  }
}

/** Tell whether nothing was chosen or typed. */
export function isEmpty(held: Held): boolean {
  const { type: _, ...parts } = held;
  return Object.values(parts).every((part) => part == null || part === "" || (Array.isArray(part) && part.length === 0));
}
