import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export type Item = { key: string; label: ReactNode; hint?: string; href?: string };

type Props = { label: string; children: ReactNode; items: Item[]; onChoose: (key: string) => void; className?: string; disabled?: boolean };

/** A button that opens a menu: arrows, Home and End move, Enter chooses, Escape and Tab close. */
export function Menu({ label, children, items, onChoose, className = "", disabled = false }: Props) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();

  useEffect(() => {
    if (open) list.current?.querySelectorAll<HTMLElement>("[role=menuitem]")[at]?.focus();
  }, [open, at]);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const close = () => (setOpen(false), button.current?.focus());
  const openAt = (index: number) => (setAt(index), setOpen(true));
  const choose = (item: Item) => {
    close();
    if (item.href) window.open(item.href, "_blank", "noopener");
    onChoose(item.key);
  };
  const keys = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 };
    if (event.key in moves) setAt(moves[event.key] ?? 0);
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={`menu ${className}`} ref={root}>
      <button
        ref={button}
        type="button"
        className="menu-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={disabled}
        onClick={() => (open ? setOpen(false) : openAt(0))}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") (event.preventDefault(), openAt(0));
          else if (event.key === "ArrowUp") (event.preventDefault(), openAt(items.length - 1));
        }}
      >
        {children}
      </button>
      {open && (
        <ul id={id} ref={list} role="menu" aria-label={label} className="popup" onKeyDown={keys}>
          {items.map((item, index) => (
            <li key={item.key} role="none">
              <button type="button" role="menuitem" tabIndex={-1} onPointerEnter={() => setAt(index)} onClick={() => choose(item)}>
                <span>{item.label}</span>
                {item.hint && <span className="hint">{item.hint}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
