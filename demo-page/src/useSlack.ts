import { useCallback, useEffect, useRef, useState } from "react";
import { follow, readState, type State } from "./contract";

/** Give what someone sees in Slack, kept up to date, and whether Slack still answers. */
export function useSlack(user: string) {
  const [state, setState] = useState<State | null>(null);
  const [isLost, setLost] = useState(false);
  const [receivedAt, setReceivedAt] = useState(0);
  const reading = useRef(0);

  const read = useCallback(async () => {
    const turn = ++reading.current;
    try {
      const found = await readState(user);
      // An older reading that arrives late is not what is there now.
      if (turn !== reading.current) return;
      setState(found);
      setReceivedAt(Date.now());
      setLost(false);
    } catch {
      if (turn === reading.current) setLost(true);
    }
  }, [user]);

  useEffect(() => {
    void read();
    return follow(user, () => void read());
  }, [user, read]);

  useEffect(() => {
    if (!isLost) return;
    const again = setInterval(() => void read(), 2000);
    return () => clearInterval(again);
  }, [isLost, read]);

  return { state, isLost, receivedAt, read };
}
