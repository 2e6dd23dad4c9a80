import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { act, complete, type Outcome, type Suggestion } from "./contract";
import { useWords } from "./words";

type Props = {
  user: string;
  channel: string;
  name: string;
  placeholder: string;
  threadTs?: string;
  draft?: string;
  onOutcome: (outcome: Outcome) => void;
  onRefused: (sentence: string) => void;
};

const COMMAND = /^\/(\S*)\s*/;
const LOOKED_UP_AFTER_MS = 60;

/** Where one writes: completes /kpi, KPIs and periods; Tab takes, arrows choose, Enter sends, Escape closes. */
export function Composer({ user, channel, name, placeholder, threadTs, draft, onOutcome, onRefused }: Props) {
  const words = useWords();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Suggestion[]>([]);
  const [at, setAt] = useState(-1);
  const [sent, setSent] = useState<string[]>([]);
  const [back, setBack] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const isOpen = found.length > 0;

  useEffect(() => {
    if (draft === undefined) return;
    setText(draft);
    field.current?.focus();
  }, [draft]);
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches && threadTs !== undefined) field.current?.focus();
  }, [threadTs]);
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  // What is typed is looked up once the typing pauses; an answer to older words is dropped.
  const asked = useRef<AbortController>(null);
  const look = (typed: string) => {
    asked.current?.abort();
    if (!typed.startsWith("/") && !typed.includes("@")) return setFound([]);
    const controller = new AbortController();
    asked.current = controller;
    setTimeout(async () => {
      if (controller.signal.aborted) return;
      try {
        const suggestions = await complete(user, typed, controller.signal);
        setFound(suggestions.filter((one) => one.text.trim() !== typed.trim()));
        setAt(-1);
      } catch {
        // Typed on, or the demo is gone: the page says so elsewhere.
      }
    }, LOOKED_UP_AFTER_MS);
  };
  const close = () => {
    asked.current?.abort();
    setFound([]);
    setAt(-1);
  };
  const type = (typed: string) => {
    setText(typed);
    look(typed);
  };
  const take = (suggestion: Suggestion | undefined) => {
    if (suggestion === undefined) return;
    const taken = suggestion.text.endsWith(" ") ? suggestion.text : `${suggestion.text} `;
    setText(taken);
    look(taken);
    field.current?.focus();
  };

  async function send() {
    const typed = text.trim();
    if (typed === "") return;
    close();
    const command = COMMAND.exec(typed);
    if (command && command[1] !== "kpi") return onRefused(words.noCommand(`/${command[1]}`));
    if (command && threadTs !== undefined) return onRefused(words.notInThreads("/kpi"));
    setText("");
    setSent([...sent.filter((one) => one !== typed), typed]);
    setBack(0);
    const where = { user, channel, thread_ts: threadTs };
    onOutcome(await act(command ? "command" : "message", { ...where, text: command ? typed.replace(COMMAND, "") : typed }));
  }

  function recall(steps: number) {
    const next = Math.min(Math.max(back + steps, 0), sent.length);
    setBack(next);
    setText(next === 0 ? "" : (sent.at(-next) ?? ""));
  }

  function keys(event: KeyboardEvent) {
    const last = found.length - 1;
    const isRecalling = text === "" || (back > 0 && text === sent.at(-back));
    if (isOpen && event.key === "ArrowDown") setAt(at < last ? at + 1 : 0);
    else if (isOpen && event.key === "ArrowUp") setAt(at > 0 ? at - 1 : last);
    else if (isOpen && event.key === "Tab" && !event.shiftKey) take(found[Math.max(at, 0)]);
    else if (isOpen && event.key === "Enter" && at >= 0) take(found[at]);
    else if (isOpen && event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) void send();
    else if (event.key === "ArrowUp" && isRecalling && sent.length > 0) recall(1);
    else if (event.key === "ArrowDown" && isRecalling && back > 0) recall(-1);
    else return;
    event.preventDefault();
  }

  return (
    <div className="composer">
      {isOpen && (
        <div className="popup suggestions">
          <ul id={id} role="listbox" aria-label={words.suggestions}>
            {found.map((suggestion, index) => (
              <li
                key={suggestion.text}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at}
                className={index === at ? "active" : ""}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(suggestion)}
              >
                <Completed typed={text} whole={suggestion.text} />
                <span className="hint">{suggestion.hint}</span>
              </li>
            ))}
          </ul>
          <p className="keys" aria-hidden="true">
            <kbd>↑</kbd> <kbd>↓</kbd> {words.arrowsChoose} <kbd>Tab</kbd> {words.tabTakes} <kbd>↵</kbd> {words.enterSends} <kbd>Esc</kbd>{" "}
            {words.escapeCloses}
          </p>
        </div>
      )}
      <div className="composer-box">
        <textarea
          ref={field}
          rows={1}
          aria-label={words.messageTo(name)}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={isOpen ? id : undefined}
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          placeholder={placeholder}
          spellCheck={false}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={keys}
          onBlur={close}
        />
        <button type="button" className="send" aria-label={words.send} disabled={text.trim() === ""} onClick={() => void send()}>
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
            <path d="M2.5 3.2c0-.7.7-1.1 1.3-.8l13.3 6.8c.6.3.6 1.3 0 1.6L3.8 17.6c-.6.3-1.3-.1-1.3-.8V12l8-2-8-2z" fill="currentColor" />
          </svg>
        </button>
      </div>
      <span className="unseen" aria-live="polite">
        {isOpen && words.suggestionsFound(found.length)}
      </span>
    </div>
  );
}

/** What is typed already in plain, what would come in bold. */
function Completed({ typed, whole }: { typed: string; whole: string }) {
  const isMore = whole.startsWith(typed);
  return (
    <span>
      {isMore ? typed : ""}
      <b>{isMore ? whole.slice(typed.length) : whole}</b>
    </span>
  );
}
