import { Fragment, useEffect, useRef, type ReactNode } from "react";
import type { Message, Outcome, State } from "./contract";
import { MessageItem } from "./MessageItem";
import { dateOf, dayName, secondsOf } from "./time";
import { useLocale, useWords } from "./words";

const TOGETHER_S = 300;
const MOVES = ["wheel", "touchmove", "keydown", "pointerdown"];

type Props = {
  label: string;
  messages: Message[];
  channel: string;
  user: string;
  state: State;
  onOutcome: (outcome: Outcome) => void;
  onThread?: (ts: string) => void;
  children?: ReactNode;
};

/** Messages under their days, the newest in view. */
export function Messages({ label, messages, channel, user, state, onOutcome, onThread, children }: Props) {
  const words = useWords();
  const locale = useLocale();
  const list = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);

  // The newest message comes into view, from its beginning when it is taller than the view; so does what grows.
  useEffect(() => {
    const scroller = list.current;
    if (scroller === null || content.current === null) return;
    let isFollowing = true;
    const follow = () => {
      const newest = content.current?.querySelector<HTMLElement>("article:last-of-type");
      const isTall = newest != null && newest.offsetHeight > scroller.clientHeight;
      scroller.scrollTop = isTall ? newest.offsetTop : scroller.scrollHeight;
    };
    const stop = () => (isFollowing = false);
    const grown = new ResizeObserver(() => isFollowing && follow());
    follow();
    grown.observe(content.current);
    for (const moved of MOVES) scroller.addEventListener(moved, stop, { passive: true });
    return () => {
      grown.disconnect();
      for (const moved of MOVES) scroller.removeEventListener(moved, stop);
    };
  }, [channel, user, messages.at(-1)?.ts]);

  const today = dateOf(state.now, state.zone);
  const yesterday = dateOf(state.now - 86_400, state.zone);
  const named = (at: number, day: string) => (day === today ? words.today : day === yesterday ? words.yesterday : dayName(at, locale, state.zone));

  return (
    <div className="messages" ref={list} role="log" aria-label={label} tabIndex={0}>
      <div ref={content}>
        {children}
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const at = secondsOf(message.ts);
          const day = dateOf(at, state.zone);
          const isNewDay = before === undefined || dateOf(secondsOf(before.ts), state.zone) !== day;
          const goesOn =
            !isNewDay &&
            before.name === message.name &&
            !before.ephemeral &&
            !message.ephemeral &&
            before.reply_count === 0 &&
            at - secondsOf(before.ts) < TOGETHER_S;
          return (
            <Fragment key={message.ts}>
              {isNewDay && onThread && (
                <h3 className="day">
                  <span>{named(at, day)}</span>
                </h3>
              )}
              <MessageItem message={message} channel={channel} user={user} state={state} goesOn={goesOn} onOutcome={onOutcome} onThread={onThread} />
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}
