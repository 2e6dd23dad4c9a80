import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useWords } from "../words";

export type Choice = { key: string; label: string; description?: string; group?: string };

type Props = {
  label: string;
  placeholder: string;
  choices: Choice[];
  chosen: Choice[];
  many?: boolean;
  disabled?: boolean;
  invalid?: boolean;
  describedBy?: string;
  autoFocus?: boolean;
  /** Told what is typed, where the app itself looks the choices up. */
  onTyped?: (typed: string) => void;
  emptyWords?: string;
  onChange: (chosen: Choice[]) => void;
};

/** A combobox with a list: type to narrow it, arrows move, Enter chooses, Escape closes, Backspace takes the last of many. */
export function Select(props: Props) {
  const { label, placeholder, choices, chosen, many = false, disabled, invalid, describedBy, autoFocus, onTyped, onChange } = props;
  const words = useWords();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();

  const wanted = plain(typed);
  const shown = onTyped ? choices : choices.filter((choice) => plain(choice.label).includes(wanted));
  const only = many ? undefined : chosen[0];
  const isChosen = (choice: Choice) => chosen.some(({ key }) => key === choice.key);

  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && close();
    document.addEventListener("pointerdown", outside);
    list.current?.scrollIntoView({ block: "nearest" });
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  useEffect(() => {
    if (open) list.current?.querySelector(".active")?.scrollIntoView({ block: "nearest" });
  }, [open, at]);

  function show() {
    if (open || disabled) return;
    const first = shown.findIndex(isChosen);
    setAt(Math.max(first, 0));
    setOpen(true);
    onTyped?.("");
  }
  function close() {
    setOpen(false);
    setTyped("");
  }
  function type(value: string) {
    // Who types where a choice stands means another one.
    const next = !open && only && value.startsWith(only.label) ? value.slice(only.label.length) : value;
    setTyped(next);
    setAt(0);
    setOpen(true);
    onTyped?.(next);
  }
  function choose(choice: Choice | undefined) {
    if (choice === undefined) return;
    if (!many) {
      onChange([choice]);
      close();
    } else onChange(isChosen(choice) ? chosen.filter(({ key }) => key !== choice.key) : [...chosen, choice]);
    setTyped("");
    input.current?.focus();
  }
  function keys(event: KeyboardEvent) {
    const last = shown.length - 1;
    if (event.key === "ArrowDown") open ? setAt(at < last ? at + 1 : 0) : show();
    else if (event.key === "ArrowUp") open ? setAt(at > 0 ? at - 1 : last) : show();
    else if (event.key === "Enter" && open) choose(shown[at]);
    else if (event.key === "Escape" && open) close();
    else if (event.key === "Backspace" && many && typed === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
    else {
      if (event.key === "Tab") close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={`select ${open ? "open" : ""} ${invalid ? "invalid" : ""}`} ref={root} onClick={() => input.current?.focus()}>
      {many &&
        chosen.map((choice) => (
          <span className="chip" key={choice.key}>
            {choice.label}
            <button type="button" aria-label={words.remove(choice.label)} onClick={() => onChange(chosen.filter(({ key }) => key !== choice.key))}>
              ×
            </button>
          </span>
        ))}
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={id}
        aria-activedescendant={open && shown[at] ? `${id}-${at}` : undefined}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        disabled={disabled}
        autoFocus={autoFocus}
        autoComplete="off"
        placeholder={only?.label ?? (chosen.length ? "" : placeholder)}
        className={only ? "has-choice" : ""}
        value={open ? typed : (only?.label ?? "")}
        onChange={(event) => type(event.target.value)}
        onClick={() => (open ? undefined : show())}
        onKeyDown={keys}
        onBlur={(event) => !root.current?.contains(event.relatedTarget) && close()}
      />
      <span className="caret" aria-hidden="true" />
      <ul id={id} ref={list} role="listbox" aria-label={label} aria-multiselectable={many || undefined} className="popup" hidden={!open}>
        {open &&
          shown.map((choice, index) => (
            <li key={choice.key} role="presentation">
              {choice.group !== undefined && choice.group !== shown[index - 1]?.group && <div className="group">{choice.group}</div>}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={isChosen(choice)}
                className={index === at ? "active" : ""}
                onPointerEnter={() => setAt(index)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={(event) => (event.stopPropagation(), choose(choice))}
              >
                <span>{choice.label}</span>
                {choice.description && <span className="hint">{choice.description}</span>}
              </div>
            </li>
          ))}
        {open && shown.length === 0 && <li className="nothing">{props.emptyWords ?? words.nothingFound}</li>}
      </ul>
    </div>
  );
}

/** Return words without capitals and accents, to be compared. */
const plain = (words: string) => words.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
