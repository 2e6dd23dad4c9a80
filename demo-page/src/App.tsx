import { useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { Avatar } from "./Avatar";
import { ChannelView } from "./ChannelView";
import { act, type Notice, type Outcome, type State } from "./contract";
import { Modal } from "./Modal";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { useSlack } from "./useSlack";
import { languageOf, LOCALES, Spoken, WORDS, type Language } from "./words";

/** Who looks at which channel stands in the address: #U_BOB/C_SUPPORT. */
function useAddress(): [string, string, (user: string, channel: string) => void] {
  const read = () => window.location.hash.slice(1).split("/");
  const [[user = "", channel = ""], setPlace] = useState(read);
  useEffect(() => {
    const changed = () => setPlace(read());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  const go = useCallback((nextUser: string, nextChannel: string) => {
    window.location.hash = `${nextUser}/${nextChannel}`;
  }, []);
  return [user, channel, go];
}

const FIRST = "U_BOB";

/** In the address, whoever's conversation with the app. */
const APP = "app";

/** Return the channel of the address; where this person has none of that name, the first. */
function found({ channels }: State, given: string) {
  return channels.find(({ id, kind }) => id === given || (given === APP && kind === "app")) ?? channels[0];
}

export function App() {
  const [givenUser, givenChannel, go] = useAddress();
  const wanted = givenUser || FIRST;
  const { seen, isLost, read } = useSlack(wanted);
  // Until what the next person sees is read, the last one looks on: nobody sees what is for somebody else.
  const user = seen?.user ?? FIRST;
  const language = languageOf(seen?.state.people.find(({ id }) => id === user)?.locale ?? navigator.language);
  const spoken = useMemo(() => ({ language, words: WORDS[language] }), [language]);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const speak = async (next: Language) => {
    await act("locale", { user, locale: LOCALES[next] });
    await read();
  };
  return (
    <Spoken value={spoken}>
      {seen && <Workspace {...{ ...seen, wanted, language, givenChannel, go }} onLanguage={(next) => void speak(next)} />}
      {seen === null && !isLost && (
        <p className="starting" role="status">
          <Avatar id="" name="" isBot />
          {spoken.words.starting}
        </p>
      )}
      {isLost && (
        <p className="lost" role="alert">
          {spoken.words.lost}
        </p>
      )}
    </Spoken>
  );
}

type Props = {
  state: State;
  receivedAt: number;
  user: string;
  /** Who is looked for next; for a moment not yet who looks. */
  wanted: string;
  language: Language;
  givenChannel: string;
  go: (user: string, channel: string) => void;
  onLanguage: (language: Language) => void;
};

function Workspace({ state, receivedAt, user, wanted, language, givenChannel, go, onLanguage }: Props) {
  const words = WORDS[language];
  const [isOpen, setOpen] = useState(false);
  const [own, setOwn] = useState<Notice[]>([]);
  const channel = found(state, givenChannel);
  const unread = useUnread(state, user, channel?.id ?? "");

  const told = useRef(0);
  const refuse = useCallback((text: string) => setOwn((before) => [...before.slice(-2), { id: `own-${++told.current}`, text }]), []);
  const onOutcome = useCallback(
    ({ ok, error = "", told = false }: Outcome) => {
      if (!ok && !told) refuse(words.failed(error));
    },
    [refuse, words],
  );
  useEffect(() => setOwn([]), [user, channel?.id]);
  useEffect(() => {
    document.title = `${channel?.kind === "channel" ? "#" : ""}${channel?.name ?? ""} · kpi-bot demo`;
  }, [channel]);

  if (channel === undefined) return null;
  const dismissed = (id: Notice["id"]) => setOwn((before) => before.filter((one) => one.id !== id));
  return (
    <div className="workspace-page">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {words.skip}
      </a>
      <TopBar
        {...{ state, receivedAt, wanted, language, onLanguage, onOutcome }}
        onUser={(next) => go(next, channel.kind === "app" ? APP : channel.id)}
      />
      <div className="columns">
        <Sidebar
          channels={state.channels}
          people={state.people}
          chosen={channel.id}
          unread={unread}
          isOpen={isOpen}
          onChoose={(id) => (go(user, id), setOpen(false))}
          onClose={() => setOpen(false)}
        />
        <ChannelView
          {...{ channel, user, state, onOutcome }}
          messages={state.messages[channel.id] ?? []}
          examples={words.examples[channel.kind]}
          onRefused={refuse}
          onSidebar={() => setOpen(true)}
        />
      </div>
      <Notices key={user} shown={[...state.notices, ...own]} dismissed={dismissed} />
      {state.modal && <Modal key={`${user} modal`} view={state.modal} user={user} state={state} onOutcome={onOutcome} />}
    </div>
  );
}

/** What Slack tells about what went wrong, to be dismissed one by one. */
function Notices({ shown, dismissed }: { shown: Notice[]; dismissed: (id: Notice["id"]) => void }) {
  const { words } = useContext(Spoken);
  // What was told before this person came here is no news.
  const [gone, setGone] = useState<ReadonlySet<Notice["id"]>>(() => new Set(shown.map(({ id }) => id)));
  const left = shown.filter(({ id }) => !gone.has(id)).slice(-3);
  return (
    <div className="notices" role="status">
      {left.map((notice) => (
        <div key={notice.id} className="notice">
          <p>
            <b>{words.slackbot}</b> <span className="hint">{words.onlyYou}</span>
            <br />
            {notice.text}
          </p>
          <button
            type="button"
            className="icon-button"
            aria-label={words.dismiss}
            onClick={() => (setGone(new Set([...gone, notice.id])), dismissed(notice.id))}
          >
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}

/** Give the channels in which something new came since they were last looked at. */
function useUnread(state: State, user: string, current: string): ReadonlySet<string> {
  const seen = useRef(new Map<string, string>());
  const unread = new Set<string>();
  for (const { id } of state.channels) {
    const key = `${user} ${id}`;
    const newest = state.messages[id]?.at(-1)?.ts ?? "";
    if (id === current || !seen.current.has(key)) seen.current.set(key, newest);
    if (newest > (seen.current.get(key) ?? "")) unread.add(id);
  }
  return unread;
}
