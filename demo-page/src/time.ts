// Time as the workspace's zone has it. Seconds since 1970 in and out.

export const secondsOf = (ts: string) => Number.parseFloat(ts);

export const clockTime = (at: number, locale: string, zone: string) => format(at, locale, zone, { hour: "numeric", minute: "2-digit" });

export const fullTime = (at: number, locale: string, zone: string) => format(at, locale, zone, { dateStyle: "full", timeStyle: "medium" });

export const dayName = (at: number, locale: string, zone: string) => format(at, locale, zone, { weekday: "long", day: "numeric", month: "long" });

export const shortDay = (at: number, locale: string, zone: string) => format(at, locale, zone, { weekday: "short", day: "numeric", month: "short" });

/** The local date, as 2026-11-24. */
export const dateOf = (at: number, zone: string) => format(at, "sv-SE", zone, { dateStyle: "short" });

/** Seconds until it is nine in the morning there, also across a change of the clocks. */
export function untilMorning(now: number, zone: string): number {
  const secondsOfDay = (at: number) => {
    const [hours = 0, minutes = 0, seconds = 0] = format(at, "sv-SE", zone, { timeStyle: "medium" }).split(":").map(Number);
    return hours * 3600 + minutes * 60 + seconds;
  };
  const wait = (9 * 3600 - secondsOfDay(now) + 86_400) % 86_400 || 86_400;
  return wait + 9 * 3600 - secondsOfDay(now + wait);
}

function format(at: number, locale: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }).format(at * 1000);
}
