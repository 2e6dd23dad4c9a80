import { useEffect, useState } from "react";
import { Avatar } from "./Avatar";
import { act, type Outcome, type Person, type State } from "./contract";
import { Menu } from "./elements/Menu";
import { clockTime, shortDay, untilMorning } from "./time";
import { useLocale, useWords, type Language } from "./words";

type Props = {
  state: State;
  receivedAt: number;
  wanted: string;
  language: Language;
  onUser: (id: string) => void;
  onLanguage: (language: Language) => void;
  onOutcome: (outcome: Outcome) => void;
};

/** What a demo has and Slack has not: who one is, in which language, and a clock that can be moved. */
export function TopBar({ state, receivedAt, wanted, language, onUser, onLanguage, onOutcome }: Props) {
  const words = useWords();
  return (
    <header className="top-bar">
      <p className="brand">
        <Avatar id="" name="" isBot />
        kpi-bot <span>{words.demo}</span>
      </p>
      <Clock state={state} receivedAt={receivedAt} onOutcome={onOutcome} />
      <fieldset className="segments languages">
        <legend className="unseen">{words.language}</legend>
        {(["en", "fr"] as const).map((one) => (
          <label key={one} className={one === language ? "chosen" : ""}>
            <input type="radio" name="language" checked={one === language} onChange={() => onLanguage(one)} />
            <span lang={one} title={one === "en" ? "English" : "Français"}>
              {one.toUpperCase()}
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset className="segments people">
        <legend className="unseen">{words.person}</legend>
        {state.people.map((person) => (
          <Who key={person.id} person={person} isChosen={person.id === wanted} onChoose={() => onUser(person.id)} />
        ))}
      </fieldset>
    </header>
  );
}

function Who({ person, isChosen, onChoose }: { person: Person; isChosen: boolean; onChoose: () => void }) {
  const words = useWords();
  const role = words.roles[person.role] ?? person.role;
  return (
    <label className={isChosen ? "chosen" : ""} title={`${person.name} · ${role}`}>
      <input type="radio" name="person" checked={isChosen} onChange={onChoose} aria-label={`${person.name}, ${role}`} />
      <Avatar id={person.id} name={person.name} picture={person.avatar} />
      <span className="who">
        {person.name.split(" ")[0]} <span className="role">{role}</span>
      </span>
    </label>
  );
}

function Clock({ state, receivedAt, onOutcome }: Pick<Props, "state" | "receivedAt" | "onOutcome">) {
  const words = useWords();
  const locale = useLocale();
  const [, tick] = useState(0);
  const [isMoving, setMoving] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const now = state.now + (Date.now() - receivedAt) / 1000;
  const steps: Record<string, number> = { minutes15: 900, hour1: 3600, tomorrow: untilMorning(Math.floor(now), state.zone), week1: 604_800 };
  const move = async (key: string) => {
    setMoving(true);
    onOutcome(await act("clock", { seconds: steps[key] }));
    setMoving(false);
  };
  return (
    <div className="clock">
      <svg viewBox="0 0 20 20" width="15" height="15" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round">
        <circle cx="10" cy="10" r="7.5" />
        <path d="M10 5.8V10l2.8 1.8" />
      </svg>
      <span className="now" role="timer" aria-label={words.clock}>
        {isMoving ? (
          words.moving
        ) : (
          <>
            <span className="date">{shortDay(now, locale, state.zone)} · </span>
            {clockTime(now, locale, state.zone)}
          </>
        )}
      </span>
      <Menu
        label={words.forward}
        disabled={isMoving}
        items={(["minutes15", "hour1", "tomorrow", "week1"] as const).map((key) => ({ key, label: words[key] }))}
        onChoose={(key) => void move(key)}
      >
        <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
          <path d="M3 5l6 5-6 5zm7 0l6 5-6 5z" fill="currentColor" />
        </svg>
      </Menu>
    </div>
  );
}
