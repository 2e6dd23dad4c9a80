import { useCallback, useEffect, useRef, useState } from "react";
import { follow, readState, type State } from "./contract";

const RETRIED_AFTER_MS = 250;

/** What one person sees, and when it was read in the browser's own time, milliseconds since 1970. */
export type Seen = { state: State; user: string; receivedAt: number };

/** Give what someone sees in Slack, kept up to date, and whether Slack still answers. */
export function useSlack(user: string) {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [isLost, setLost] = useState(false);
  const reading = useRef(0);

  const read = useCallback(async () => {
    const turn = ++reading.current;
    try {
      const found = await readState(user);
      // An older reading that arrives late is not what is there now.
      if (turn !== reading.current) return;
      setSeen(found && { state: found, user, receivedAt: Date.now() });
      setLost(false);
    } catch {
      if (turn === reading.current) setLost(true);
    }
  }, [user]);

  // Until there is something to follow, and when Slack is gone, the page asks again and again.
  const isThere = seen !== null && !isLost;
  useEffect(() => {
    void read();
    if (isThere) return follow(user, () => void read());
    const again = setInterval(() => void read(), RETRIED_AFTER_MS);
    return () => clearInterval(again);
  }, [user, read, isThere]);

  return { seen, isLost, read };
}
