import { memo } from "react";
import { Avatar } from "./Avatar";
import { Blocks, Static } from "./blocks/Blocks";
import type { Message, Outcome, State } from "./contract";
import { Surface } from "./elements/surface";
import { clockTime, fullTime, secondsOf } from "./time";
import { useLocale, useWords } from "./words";

type Props = {
  message: Message;
  channel: string;
  user: string;
  state: Pick<State, "people" | "channels" | "zone">;
  /** Whether the one before is by the same sender, a moment earlier. */
  goesOn: boolean;
  onOutcome: (outcome: Outcome) => void;
  onThread?: (ts: string) => void;
};

export const MessageItem = memo(function MessageItem({ message, channel, user, state, goesOn, onOutcome, onThread }: Props) {
  const words = useWords();
  const locale = useLocale();
  const at = secondsOf(message.ts);
  const picture = state.people.find(({ id }) => id === message.user)?.avatar;
  const time = (
    <time dateTime={new Date(at * 1000).toISOString()} title={fullTime(at, locale, state.zone)}>
      {clockTime(at, locale, state.zone)}
    </time>
  );
  const isFullyBlocks = message.blocks.length > 0;
  const blocks = isFullyBlocks ? message.blocks : [{ type: "section", text: { type: "mrkdwn" as const, text: message.text } }];
  return (
    <article className={`message ${message.ephemeral ? "ephemeral" : ""} ${goesOn ? "goes-on" : ""}`} data-ts={message.ts}>
      <div className="gutter">{goesOn ? time : <Avatar id={message.user ?? message.name} name={message.name} picture={picture} isBot={message.is_bot} />}</div>
      <div className="said">
        {message.ephemeral && (
          <p className="only-you">
            <svg viewBox="0 0 20 20" width="14" height="14" aria-hidden="true">
              <path d="M10 4C5.5 4 2.3 7.4 1 10c1.3 2.6 4.5 6 9 6s7.7-3.4 9-6c-1.3-2.6-4.5-6-9-6Zm0 10a4 4 0 1 1 0-8 4 4 0 0 1 0 8Zm0-2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z" fill="currentColor" />
            </svg>
            {words.onlyYou}
          </p>
        )}
        {!goesOn && (
          <p className="sender">
            <b>{message.name}</b>
            {message.is_bot && <span className="badge">{words.app}</span>}
            {time}
          </p>
        )}
        <Surface user={user} place={{ channel, message_ts: message.ts }} blocks={blocks} people={state.people} channels={state.channels} onOutcome={onOutcome}>
          {isFullyBlocks ? <Blocks blocks={blocks} /> : <Static blocks={blocks} />}
        </Surface>
        {message.edited && <span className="edited">{words.edited}</span>}
        {message.files.map((file) => (
          <a key={file.url} className="file" href={file.url} download={file.name} aria-label={words.download(file.name)}>
            <span className="file-icon" aria-hidden="true">
              {file.name.split(".").pop()?.slice(0, 4).toUpperCase()}
            </span>
            <span>
              <b>{file.name}</b>
              <span className="hint">{words.file}</span>
            </span>
          </a>
        ))}
        {onThread && message.reply_count > 0 && (
          <button type="button" className="replies" onClick={() => onThread(message.ts)}>
            {words.replies(message.reply_count)}
          </button>
        )}
      </div>
      {onThread && !message.ephemeral && (
        <div className="hover">
          <button type="button" className="icon-button" aria-label={words.replyInThread} title={words.replyInThread} onClick={() => onThread(message.ts)}>
            <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
              <path d="M3 4h14v9.5H8.5L5 17v-3.5H3z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
            </svg>
          </button>
        </div>
      )}
    </article>
  );
});
