import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Confirm as Asked } from "../contract";

/** Give a function that first asks where an element wants to be confirmed, and the dialog it asks with. */
export function useConfirm(asked: Asked | undefined): [(go: () => void) => void, ReactNode] {
  const [going, setGoing] = useState<(() => void) | null>(null);
  const ask = (go: () => void) => (asked === undefined ? go() : setGoing(() => go));
  const dialog = asked !== undefined && going !== null && (
    <Dialog asked={asked} onDeny={() => setGoing(null)} onConfirm={() => (setGoing(null), going())} />
  );
  return [ask, dialog];
}

function Dialog({ asked, onConfirm, onDeny }: { asked: Asked; onConfirm: () => void; onDeny: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    yes.current?.focus();
  }, []);
  return (
    <dialog ref={dialog} className="modal confirm" aria-labelledby="confirm-title" onCancel={(event) => (event.preventDefault(), onDeny())}>
      <header className="modal-head">
        <h2 id="confirm-title">{asked.title.text}</h2>
      </header>
      <div className="modal-body">{asked.text.text}</div>
      <footer className="modal-foot">
        <button type="button" className="button" onClick={onDeny}>
          {asked.deny.text}
        </button>
        <button ref={yes} type="button" className={`button ${asked.style === "danger" ? "danger" : "primary"}`} onClick={onConfirm}>
          {asked.confirm.text}
        </button>
      </footer>
    </dialog>
  );
}
