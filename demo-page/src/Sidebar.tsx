import { Avatar } from "./Avatar";
import type { Channel, Person } from "./contract";
import { useWords } from "./words";

type Props = {
  channels: Channel[];
  people: Person[];
  chosen: string;
  unread: ReadonlySet<string>;
  isOpen: boolean;
  onChoose: (id: string) => void;
  onClose: () => void;
};

export function Sidebar({ channels, people, chosen, unread, isOpen, onChoose, onClose }: Props) {
  const words = useWords();
  const sections = [
    { title: words.channels, kind: "channel" },
    { title: words.directMessages, kind: "dm" },
    { title: words.apps, kind: "app" },
  ] as const;
  return (
    <nav className={`sidebar ${isOpen ? "open" : ""}`} aria-label={words.workspace} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div className="workspace">
        <b>{words.workspace}</b>
        <button type="button" className="icon-button sidebar-button" aria-label={words.closeSidebar} onClick={onClose}>
          ✕
        </button>
      </div>
      {sections.map(({ title, kind }) => {
        const found = channels.filter((channel) => channel.kind === kind);
        if (found.length === 0) return null;
        return (
          <section key={kind}>
            <h2>{title}</h2>
            <ul>
              {found.map((channel) => (
                <li key={channel.id}>
                  <button
                    type="button"
                    className={unread.has(channel.id) ? "unread" : ""}
                    aria-current={channel.id === chosen ? "page" : undefined}
                    onClick={() => onChoose(channel.id)}
                  >
                    {kind === "channel" ? (
                      <span className="hash" aria-hidden="true">
                        #
                      </span>
                    ) : (
                      <Avatar id={channel.user ?? channel.id} name={channel.name} isBot={kind === "app"} picture={people.find(({ id }) => id === channel.user)?.avatar} />
                    )}
                    {channel.name}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
