import { Fragment, useEffect, useRef, type ReactNode } from "react";
import type { Message, Outcome, State } from "./contract";
import { MessageItem } from "./MessageItem";
import { dateOf, dayName, secondsOf } from "./time";
import { useLocale, useWords } from "./words";

const TOGETHER_S = 300;

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

  // New messages come into view; so does what grows while the end is looked at, such as a chart.
  useEffect(() => {
    const scroller = list.current;
    if (scroller === null || content.current === null) return;
    scroller.scrollTop = scroller.scrollHeight;
    let isAtEnd = true;
    const scrolled = () => (isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80);
    const grown = new ResizeObserver(() => isAtEnd && (scroller.scrollTop = scroller.scrollHeight));
    scroller.addEventListener("scroll", scrolled);
    grown.observe(content.current);
    return () => {
      scroller.removeEventListener("scroll", scrolled);
      grown.disconnect();
    };
  }, [channel, user, messages.at(-1)?.ts]);

  const today = dateOf(state.now, state.zone);
  const yesterday = dateOf(state.now - 86_400, state.zone);
  const named = (at: number, day: string) => (day === today ? words.today : day === yesterday ? words.yesterday : dayName(at, locale, state.zone));

  return (
    <div className="messages" ref={list} role="log" aria-label={label} tabIndex={0} id={onThread ? "messages" : undefined}>
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
            before.ephemeral === message.ephemeral &&
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
