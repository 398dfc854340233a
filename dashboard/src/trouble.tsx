// What is wrong just now, first of all that the page shows: faults that somebody has set, hosts that are not ready, with the
// reason and the end of their log, calls that fail, and what retries hide.
import type { EdgeUsage, Fault, HostState } from "./contract";
import type { Usage } from "./doors";
import { edgeName } from "./graph";
import { HostLink, LastLines, State, type ShowLog } from "./hosts";
import { Strain } from "./strain";
import { clock, percent, plain, rate } from "./text";
import type { Edge } from "./traffic";

/** Who is not as somebody wants it to be: not who was stopped, or starts for the first time. */
export const troubled = (hosts: HostState[]) => hosts.filter(({ state = "", restarts = 0 }) =>
  ["unhealthy", "backing off", "failed"].includes(state) || (state === "starting" && restarts > 0));
export const failing = (edges: Edge[]) => edges.filter(({ errorShare }) => errorShare > 0);

function HostInTrouble({ host, show }: { host: HostState; show: ShowLog }) {
  const why = plain([host.health, host.cause].filter(Boolean).join("; it ended before: "));
  return (
    <li>
      <HostLink host={host.host} show={show} />
      {" "}<State host={host} />
      {why && <>: {why}</>}
      {host.lastLines?.length ? <LastLines lines={host.lastLines} /> : null}
    </li>
  );
}

interface Troubles {
  faults: Fault[];
  hosts: HostState[];
  edges: Edge[];
  between: EdgeUsage[];
  usage: Usage;
  show: (host: string) => ShowLog;
}

export function Trouble({ faults, hosts, edges, between, usage, show }: Troubles) {
  return (
    <ul class="trouble">
      {faults.map(({ id, text = "", untilUnixMs = "0" }) => (
        <li key={`fault ${id}`}>
          <span class="unwell">Somebody has set fault {id}</span>: it {plain(text)}, until {clock(`${untilUnixMs}000`)}
          {" "}or <code>holon fault remove {id}</code>
        </li>
      ))}
      {troubled(hosts).map((host) => <HostInTrouble key={host.host} host={host} show={show(host.host)} />)}
      {failing(edges).map((edge) => (
        <li key={`${edge.host} ${edge.caller} ${edge.callee}`}>
          {edgeName(edge)}: <span class="unwell">{percent(edge.errorShare)} of {rate(edge.perSecond)} failed</span>, called
          by {edge.host}
        </li>
      ))}
      <Strain edges={between} usage={usage} />
    </ul>
  );
}
