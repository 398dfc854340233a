// The logs, as they are written: of one host or of all, and of these the lines that have a text.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import type { LogLine } from "./contract";
import { follow, type Link } from "./control";
import { clock, gravity, logText } from "./text";

const kept = 5000; // lines that the page remembers
const shown = 500; // of these, the last that fit the filter
const tail = 200; // lines of each log that are there when the page comes

/** A line as it is shown. By its number the browser keeps what it has drawn of it. */
interface Line {
  number: number;
  when: string;
  who: string;
  text: string;
  missed: string;
  grave: string;
}
let numbered = 0;
const lineOf = ({ unixUs, host = "", text = "", missed = "" }: LogLine): Line => ({
  number: ++numbered, when: clock(unixUs), who: host, text: logText(text), missed, grave: gravity(logText(text)),
});

/** What hosts wrote, the last lines of it. */
function useLogs(names: string): { lines: Line[]; link: Link | undefined } {
  const [lines, setLines] = useState<Line[]>([]);
  const [link, setLink] = useState<Link>();
  useEffect(() => {
    setLines([]);
    if (names === "") return;
    const heard = (batch: LogLine[], first: boolean) =>
      setLines((old) => [...(first ? [] : old), ...batch.map(lineOf)].slice(-kept));
    return follow<LogLine>("Logs", { names: names.split(" "), tail, follow: true }, heard, setLink);
  }, [names]);
  return { lines, link };
}

function Lines({ lines, following }: { lines: Line[]; following: boolean }) {
  const end = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (following && end.current) end.current.scrollTop = end.current.scrollHeight;
  });
  return (
    <div class="lines" role="log" aria-live="off" aria-label="Log lines" tabIndex={0} ref={end}>
      {lines.map(({ number, when, who, text, missed, grave }) => (
        <div key={number} class={grave}>
          {missed && <em>{missed} lines were missed here. </em>}
          <span class="when">{when}</span> <span class="who">{who}</span> {text}
        </div>
      ))}
    </div>
  );
}

export function Logs({ hosts, host, choose }: { hosts: string[]; host: string; choose: (host: string) => void }) {
  const [text, setText] = useState("");
  const [following, setFollowing] = useState(true);
  const { lines, link } = useLogs(host || hosts.join(" "));
  const wanted = text.toLowerCase();
  const fitting = lines.filter((line) => line.text.toLowerCase().includes(wanted)).slice(-shown);
  return (
    <>
      <form class="filter" onSubmit={(event) => event.preventDefault()}>
        <label>Host
          <select value={host} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">all</option>
            {hosts.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
        <label>Lines with
          <input type="search" value={text} placeholder="a text" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <label class="check">
          <input type="checkbox" checked={following} onChange={(event) => setFollowing(event.currentTarget.checked)} />
          Keep to the end
        </label>
      </form>
      {link?.state === "refused" && <p class="quiet">This node does not tell its logs.</p>}
      {fitting.length === 0 && link?.state === "live" && (
        <p class="quiet">{text ? "No line has this text." : "Nothing was written yet."}</p>
      )}
      <Lines lines={fitting} following={following} />
    </>
  );
}
