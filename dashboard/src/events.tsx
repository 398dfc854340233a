// What the node did, and why: the latest first.
import { useEffect, useState } from "preact/hooks";

import type { NodeEvent } from "./contract";
import { follow } from "./control";
import { clock } from "./text";

const kept = 100;

export function Events() {
  const [events, setEvents] = useState<NodeEvent[]>([]);
  useEffect(() => {
    const heard = (batch: NodeEvent[], first: boolean) => setEvents((old) => [...(first ? [] : old), ...batch].slice(-kept));
    return follow<NodeEvent>("Events", { follow: true }, heard);
  }, []);
  if (events.length === 0) return <p class="quiet">Nothing has happened yet.</p>;
  return (
    <ol class="events" tabIndex={0} aria-label="Events, the latest first">
      {[...events].reverse().map((event, index) => (
        <li key={`${event.unixUs} ${index}`}>
          <span class="when">{clock(event.unixUs)}</span> <span class="who">{event.host}</span> {event.text || event.kind}
        </li>
      ))}
    </ol>
  );
}
