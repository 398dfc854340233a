// What the node did, and why: the latest first.
import type { NodeEvent } from "./contract";
import { clock, plain } from "./text";

const grave = new Set(["ended", "unhealthy", "failed", "fault"]);

export function Events({ events }: { events: NodeEvent[] }) {
  if (events.length === 0) return <p class="quiet">Nothing has happened yet.</p>;
  return (
    <ol class="events" tabIndex={0} aria-label="Events, the latest first">
      {events.toReversed().map(({ unixUs, host, text, kind = "", lastLines = [] }, index) => (
        <li key={`${unixUs} ${events.length - index}`}>
          <span class="when">{clock(unixUs)}</span> <span class="who">{host}</span>{" "}
          <span class={grave.has(kind) ? "unwell" : ""}>{plain(text || kind)}</span>
          {lastLines.length > 0 && <pre>{plain(lastLines.join("\n"))}</pre>}
        </li>
      ))}
    </ol>
  );
}
