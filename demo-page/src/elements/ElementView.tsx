// One interactive element of Block Kit: which component shows it, and what it tells the app.

import { useId, useRef, useState } from "react";
import type { Block, Choices, Element, Option } from "../contract";
import { useWords } from "../words";
import { useConfirm } from "./Confirm";
import { Menu } from "./Menu";
import { Select, type Choice } from "./Select";
import { useHeld, useSurface } from "./surface";

type Props = { block: Block; element: Element; label: string; invalid?: boolean; describedBy?: string };

export function ElementView(props: Props) {
  switch (props.element.type) {
    case "button":
    case "workflow_button":
      return <Button {...props} />;
    case "overflow":
      return <Overflow {...props} />;
    case "static_select":
    case "multi_static_select":
      return <OptionSelect {...props} />;
    case "external_select":
    case "multi_external_select":
      return <ExternalSelect {...props} />;
    case "conversations_select":
    case "multi_conversations_select":
    case "channels_select":
    case "multi_channels_select":
    case "users_select":
    case "multi_users_select":
      return <PlaceSelect {...props} />;
    case "datepicker":
    case "timepicker":
    case "datetimepicker":
      return <Picker {...props} />;
    case "checkboxes":
    case "radio_buttons":
      return <Choosing {...props} />;
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return <TextInput {...props} />;
    default:
      return <Unknown type={props.element.type} />;
  }
}

export function Unknown({ type }: { type: string }) {
  return <p className="unknown">{useWords().unknownBlock(type)}</p>;
}

function Button({ block, element }: Props) {
  const surface = useSurface();
  const words = useWords();
  const [isBusy, setBusy] = useState(false);
  const [ask, dialog] = useConfirm(element.confirm);
  const press = async () => {
    if (element.url) window.open(element.url, "_blank", "noopener");
    setBusy(true);
    await surface.dispatch(block.block_id ?? "", element, { type: "button", value: element.value });
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className={`button ${element.style ?? ""} ${isBusy ? "busy" : ""}`}
        data-action={element.action_id}
        aria-label={element.accessibility_label}
        aria-disabled={isBusy}
        title={isBusy ? words.working : undefined}
        onClick={() => !isBusy && ask(press)}
      >
        {element.text?.text}
      </button>
      {dialog}
    </>
  );
}

function Overflow({ block, element }: Props) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const options = element.options ?? [];
  const choose = (value: string) => {
    const option = options.find((one) => one.value === value);
    ask(() => void surface.dispatch(block.block_id ?? "", element, { type: "overflow", selected_option: option }));
  };
  return (
    <>
      <Menu
        label={useWords().moreActions}
        className="overflow"
        items={options.map((option) => ({ key: option.value, label: option.text.text, hint: option.description?.text, href: option.url }))}
        onChoose={choose}
      >
        <span aria-hidden="true">⋯</span>
      </Menu>
      {dialog}
    </>
  );
}

const asChoice = (option: Option, group?: string): Choice => ({
  key: option.value,
  label: option.text.text,
  description: option.description?.text,
  group,
});

function optionsOf(source: Pick<Choices, "options" | "option_groups">): { options: Option[]; choices: Choice[] } {
  const groups = source.option_groups ?? [];
  const options = [...(source.options ?? []), ...groups.flatMap((group) => group.options)];
  const grouped = groups.flatMap((group) => group.options.map((option) => asChoice(option, group.label.text)));
  return { options, choices: [...(source.options ?? []).map((option) => asChoice(option)), ...grouped] };
}

function OptionSelect(props: Props & { source?: Choices; onTyped?: (typed: string) => void; emptyWords?: string }) {
  const { block, element, label, invalid, describedBy, source, onTyped, emptyWords } = props;
  const words = useWords();
  const { held, change } = useHeld(block, element);
  const [ask, dialog] = useConfirm(element.confirm);
  const many = element.type.startsWith("multi_");
  const { options, choices } = optionsOf(source ?? element);
  const chosen = many ? (held.selected_options ?? []) : held.selected_option ? [held.selected_option] : [];
  const known = [...chosen, ...options];
  const pick = (picked: Choice[]) => {
    const found = picked.map(({ key }) => known.find((option) => option.value === key)).filter((one) => one !== undefined);
    ask(() => change(many ? { selected_options: found } : { selected_option: found[0] ?? null }));
  };
  return (
    <>
      <Select
        label={label}
        placeholder={element.placeholder?.text ?? (many ? words.chooseMany : words.choose)}
        choices={choices}
        chosen={chosen.map((option) => asChoice(option))}
        many={many}
        invalid={invalid}
        describedBy={describedBy}
        autoFocus={element.focus_on_load}
        onTyped={onTyped}
        emptyWords={emptyWords}
        onChange={pick}
      />
      {dialog}
    </>
  );
}

function ExternalSelect(props: Props) {
  const { block, element } = props;
  const surface = useSurface();
  const words = useWords();
  const [found, setFound] = useState<Choices>({ ok: true });
  const [emptyWords, setEmptyWords] = useState<string>();
  const least = element.min_query_length ?? 3;
  const turn = useRef(0);
  const look = async (typed: string) => {
    const own = ++turn.current;
    if (typed.length < least) {
      setFound({ ok: true });
      setEmptyWords(words.typeMore(least));
      return;
    }
    const choices = await surface.choices(block.block_id ?? "", element, typed);
    if (own !== turn.current) return; // typed on since
    setFound(choices);
    setEmptyWords(undefined);
  };
  return <OptionSelect {...props} source={found} onTyped={look} emptyWords={emptyWords} />;
}

function PlaceSelect({ block, element, label, invalid, describedBy }: Props) {
  const words = useWords();
  const { people, channels } = useSurface();
  const { held, change } = useHeld(block, element);
  const many = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").split("s_")[0] as "conversation" | "channel" | "user";
  const included = element.filter?.include;
  const rooms = channels
    .filter((channel) => channel.kind === "channel" || (kind === "conversation" && (included === undefined || included.includes("im"))))
    .map((channel) => ({ key: channel.id, label: channel.kind === "channel" ? `#${channel.name}` : channel.name }));
  const choices: Choice[] = kind === "user" ? people.map(({ id, name }) => ({ key: id, label: name })) : rooms;
  const one = `selected_${kind}` as const;
  const several = `selected_${kind}s` as const;
  const keys = many ? (held[several] ?? []) : held[one] ? [held[one]] : [];
  const chosen = keys.map((key) => choices.find((choice) => choice.key === key) ?? { key, label: key });
  return (
    <Select
      label={label}
      placeholder={element.placeholder?.text ?? (kind === "user" ? words.chooseMember : words.chooseChannel)}
      choices={choices}
      chosen={chosen}
      many={many}
      invalid={invalid}
      describedBy={describedBy}
      autoFocus={element.focus_on_load}
      onChange={(picked) => {
        const found = picked.map(({ key }) => key);
        change(many ? { [several]: found } : { [one]: found[0] ?? null });
      }}
    />
  );
}

const PICKERS = { datepicker: ["date", "selected_date"], timepicker: ["time", "selected_time"] } as const;

function Picker({ block, element, label, invalid, describedBy }: Props) {
  const words = useWords();
  const { held, change } = useHeld(block, element);
  const shared = { className: "picker", "aria-invalid": invalid || undefined, "aria-describedby": describedBy, autoFocus: element.focus_on_load };
  if (element.type === "datetimepicker") {
    const at = held.selected_date_time;
    // Seconds since 1970 as the browser's own zone writes them, like Slack's client.
    const local = at == null ? "" : new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    const changed = (value: string) => change({ selected_date_time: value ? Math.floor(new Date(value).getTime() / 1000) : null });
    return <input type="datetime-local" {...shared} aria-label={label} value={local} onChange={(event) => changed(event.target.value)} />;
  }
  const [kind, part] = PICKERS[element.type as keyof typeof PICKERS];
  return (
    <input
      type={kind}
      {...shared}
      aria-label={label || words[kind]}
      value={held[part] ?? ""}
      onChange={(event) => change({ [part]: event.target.value || null })}
    />
  );
}

function Choosing({ block, element, label, describedBy }: Props) {
  const { held, change } = useHeld(block, element);
  const [ask, dialog] = useConfirm(element.confirm);
  const name = useId();
  const many = element.type === "checkboxes";
  const chosen = many ? (held.selected_options ?? []) : held.selected_option ? [held.selected_option] : [];
  const toggle = (option: Option, isOn: boolean) => {
    const rest = chosen.filter(({ value }) => value !== option.value);
    ask(() => change(many ? { selected_options: isOn ? [...rest, option] : rest } : { selected_option: option }));
  };
  return (
    <div role={many ? "group" : "radiogroup"} aria-label={label} aria-describedby={describedBy} className="choosing">
      {element.options?.map((option) => (
        <label key={option.value}>
          <input
            type={many ? "checkbox" : "radio"}
            name={name}
            checked={chosen.some(({ value }) => value === option.value)}
            onChange={(event) => toggle(option, event.target.checked)}
          />
          <span>
            {option.text.text.replaceAll("*", "")}
            {option.description && <span className="hint">{option.description.text}</span>}
          </span>
        </label>
      ))}
      {dialog}
    </div>
  );
}

const INPUT_TYPES: Record<string, string> = { email_text_input: "email", url_text_input: "url" };

function TextInput({ block, element, label, invalid, describedBy }: Props) {
  const { held, change } = useHeld(block, element);
  const shared = {
    className: "text-input",
    "aria-label": label,
    "aria-invalid": invalid || undefined,
    "aria-describedby": describedBy,
    autoFocus: element.focus_on_load,
    placeholder: element.placeholder?.text,
    maxLength: element.max_length,
    value: held.value ?? "",
    onBlur: () => block.dispatch_action && change({}),
  };
  const typed = (value: string) => change({ value: value || null }, false);
  if (element.multiline) return <textarea rows={4} {...shared} onChange={(event) => typed(event.target.value)} />;
  const inputMode = element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : undefined;
  return <input type={INPUT_TYPES[element.type] ?? "text"} inputMode={inputMode} {...shared} onChange={(event) => typed(event.target.value)} />;
}
