import { useEffect, useRef, useState } from "react";
import { Blocks, missing } from "./blocks/Blocks";
import { act, type Outcome, type State, type Values, type View } from "./contract";
import { Surface } from "./elements/surface";
import { useWords } from "./words";

type Props = { view: View; user: string; state: State; onOutcome: (outcome: Outcome) => void };

const FIRST = ".modal-body :is(input, textarea, button)";

/** A modal as the browser's own dialog, which keeps the focus inside and gives it back at the end. */
export function Modal({ view, user, state, onOutcome }: Props) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const values = useRef<Values>({});
  const [found, setFound] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const errors = { ...(view.errors ?? {}), ...found };
  const invalid = Object.keys(errors).join();

  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  useEffect(() => setFound({}), [view.id]);
  useEffect(() => {
    if (invalid) dialog.current?.querySelector<HTMLElement>(".input.invalid :is(input, textarea)")?.focus();
  }, [invalid]);

  const close = async () => onOutcome(await act("close", { user, view_id: view.id }));
  const submit = async () => {
    const problems = missing(view.blocks, values.current, words.required, words.tooShort);
    setFound(problems);
    if (Object.keys(problems).length > 0) return;
    setBusy(true);
    onOutcome(await act("submit", { user, view_id: view.id, state: { values: values.current } }));
    setBusy(false);
  };

  return (
    <dialog ref={dialog} className="modal" aria-labelledby="modal-title" onCancel={(event) => (event.preventDefault(), close())}>
      <form
        method="dialog"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && view.submit) void submit();
        }}
      >
        <header className="modal-head">
          <h2 id="modal-title">{view.title?.text}</h2>
          <button type="button" className="icon-button" aria-label={words.close} onClick={close}>
            ✕
          </button>
        </header>
        <div className="modal-body">
          <Surface
            user={user}
            place={{ view_id: view.id }}
            blocks={view.blocks}
            people={state.people}
            channels={state.channels}
            filled={view.state?.values}
            errors={errors}
            onValues={(held) => (values.current = held)}
            onOutcome={onOutcome}
          >
            <Blocks blocks={view.blocks} />
          </Surface>
        </div>
        <footer className="modal-foot">
          <button type="button" className="button" onClick={close}>
            {view.close?.text ?? words.cancel}
          </button>
          {view.submit && (
            <button type="submit" className="button primary" aria-disabled={isBusy}>
              {isBusy ? words.working : view.submit.text}
            </button>
          )}
        </footer>
      </form>
    </dialog>
  );
}
