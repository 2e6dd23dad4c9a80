/** A person's picture, or initials on a colour of their own; the app has its bars. */
export function Avatar({ id, name, picture, isBot = false }: { id: string; name: string; picture?: string | null; isBot?: boolean }) {
  if (isBot)
    return (
      <span className="avatar bot" aria-hidden="true">
        <svg viewBox="0 0 32 32">
          <path d="M9 23v-6m7 6V9m7 14v-9" stroke="currentColor" strokeWidth="4" strokeLinecap="round" />
        </svg>
      </span>
    );
  if (picture && /^(\/|https?:|data:)/.test(picture)) return <img className="avatar" src={picture} alt="" />;
  const initials = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  return (
    <span className="avatar" style={{ background: `hsl(${hue} 42% 33%)` }} aria-hidden="true">
      {initials}
    </span>
  );
}
