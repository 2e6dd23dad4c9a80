import { useEffect, useState } from "react";
import { Blocks } from "./blocks/Blocks";
import { Composer } from "./Composer";
import { act, type Channel, type Message, type Outcome, type State } from "./contract";
import { Surface } from "./elements/surface";
import { Messages } from "./Messages";
import { useWords } from "./words";

type Props = {
  channel: Channel;
  messages: Message[];
  user: string;
  state: State;
  examples: string[];
  onOutcome: (outcome: Outcome) => void;
  onRefused: (sentence: string) => void;
  onSidebar: () => void;
};

export function ChannelView(props: Props) {
  const { channel, messages, user, state, examples, onOutcome, onRefused, onSidebar } = props;
  const words = useWords();
  const [threadTs, setThreadTs] = useState<string | null>(null);
  const [tab, setTab] = useState<"home" | "messages">("home");
  const [draft, setDraft] = useState<string>();
  const isApp = channel.kind === "app";
  const isHome = isApp && tab === "home";
  const title = channel.kind === "channel" ? `#${channel.name}` : channel.name;

  useEffect(() => setThreadTs(null), [channel.id, user]);
  useEffect(() => {
    if (isHome) void act("home", { user }).then(onOutcome);
  }, [isHome, user, channel.id, onOutcome]);

  const root = messages.find(({ ts }) => ts === threadTs);
  const shown = messages.filter(({ ts, thread_ts }) => thread_ts === null || thread_ts === ts);
  const writing = { user, channel: channel.id, name: title, onOutcome, onRefused };
  return (
    <>
      <main className="channel" id="main" tabIndex={-1} aria-label={title}>
        <header className="channel-head">
          <button type="button" className="icon-button sidebar-button" aria-label={words.openSidebar} onClick={onSidebar}>
            ☰
          </button>
          <h1>
            {channel.kind === "channel" && <span className="hash">#</span>}
            {channel.name}
            {isApp && <span className="badge">{words.app}</span>}
          </h1>
          {isApp && (
            <div role="tablist" aria-label={channel.name} className="tabs">
              {(["home", "messages"] as const).map((name) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  id={`tab-${name}`}
                  aria-selected={tab === name}
                  aria-controls="app-panel"
                  tabIndex={tab === name ? 0 : -1}
                  onClick={() => setTab(name)}
                  onKeyDown={(event) => {
                    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
                    const other = name === "home" ? "messages" : "home";
                    setTab(other);
                    document.getElementById(`tab-${other}`)?.focus();
                  }}
                >
                  {words[name]}
                </button>
              ))}
            </div>
          )}
        </header>
        {isHome ? (
          <Home user={user} state={state} onOutcome={onOutcome} />
        ) : (
          <div className="panel" {...(isApp ? { role: "tabpanel", id: "app-panel", "aria-labelledby": "tab-messages" } : {})}>
            <Messages label={words.messagesIn(title)} messages={shown} channel={channel.id} user={user} state={state} onOutcome={onOutcome} onThread={setThreadTs}>
              <Beginning channel={channel} examples={examples} onExample={(example) => setDraft(`${example} `)} />
            </Messages>
            <Composer {...writing} key={`${user} ${channel.id}`} draft={draft} placeholder={`${words.messageTo(title)} · ${words.hint}`} />
          </div>
        )}
      </main>
      {root && (
        <aside className="thread" aria-label={words.thread} onKeyDown={(event) => event.key === "Escape" && setThreadTs(null)}>
          <header className="channel-head">
            <h2>{words.thread}</h2>
            <span className="hint">{title}</span>
            <button type="button" className="icon-button" aria-label={words.close} onClick={() => setThreadTs(null)}>
              ✕
            </button>
          </header>
          <Messages
            label={words.thread}
            messages={messages.filter(({ ts, thread_ts }) => ts === root.ts || thread_ts === root.ts)}
            channel={channel.id}
            user={user}
            state={state}
            onOutcome={onOutcome}
          />
          <Composer {...writing} key={root.ts} threadTs={root.ts} placeholder={words.reply} />
        </aside>
      )}
    </>
  );
}

function Home({ user, state, onOutcome }: Pick<Props, "user" | "state" | "onOutcome">) {
  const words = useWords();
  const { home } = state;
  return (
    <div className="home" role="tabpanel" id="app-panel" aria-labelledby="tab-home" tabIndex={0}>
      {home === null ? (
        <p className="hint">{words.homeLoading}</p>
      ) : (
        <Surface user={user} place={{ view_id: home.id }} blocks={home.blocks} people={state.people} channels={state.channels} onOutcome={onOutcome}>
          <Blocks blocks={home.blocks} />
        </Surface>
      )}
    </div>
  );
}

function Beginning({ channel, examples, onExample }: { channel: Channel; examples: string[]; onExample: (example: string) => void }) {
  const words = useWords();
  return (
    <section className="beginning">
      <h2>
        {words.emptyChannel} <b>{channel.kind === "channel" ? `#${channel.name}` : channel.name}</b>
      </h2>
      {channel.kind === "app" && <p>{words.emptyApp}</p>}
      <p>{words.emptyChannelTry}</p>
      <ul>
        {examples.map((example) => (
          <li key={example}>
            <button type="button" onClick={() => onExample(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
