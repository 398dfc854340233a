// What is wrong just now, first of all that the page shows: hosts that are not ready, with the reason and the end of their log,
// and calls that fail.
import type { HostState } from "./contract";
import { edgeName } from "./graph";
import { LastLines, State } from "./hosts";
import { percent, plain, rate } from "./text";
import type { Edge } from "./traffic";

/** Who is not as somebody wants it to be: not who was stopped, or starts for the first time. */
export const troubled = (hosts: HostState[]) => hosts.filter(({ state = "", restarts = 0 }) =>
  ["unhealthy", "backing off", "failed"].includes(state) || (state === "starting" && restarts > 0));
export const failing = (edges: Edge[]) => edges.filter(({ errorShare }) => errorShare > 0);

function HostInTrouble({ host, show }: { host: HostState; show: () => void }) {
  const why = plain([host.health, host.cause].filter(Boolean).join("; it ended before: "));
  return (
    <li>
      <button type="button" class="link" onClick={show} title={`Logs of ${host.host}`}>{host.host}</button>
      {" "}<State host={host} />
      {why && <>: {why}</>}
      {host.lastLines?.length ? <LastLines lines={host.lastLines} /> : null}
    </li>
  );
}

export function Trouble({ hosts, edges, show }: { hosts: HostState[]; edges: Edge[]; show: (host: string) => void }) {
  return (
    <ul class="trouble">
      {troubled(hosts).map((host) => <HostInTrouble key={host.host} host={host} show={() => show(host.host)} />)}
      {failing(edges).map((edge) => (
        <li key={`${edge.host} ${edge.caller} ${edge.callee}`}>
          {edgeName(edge)}: <span class="unwell">{percent(edge.errorShare)} of {rate(edge.perSecond)} failed</span>, called
          by {edge.host}
        </li>
      ))}
    </ul>
  );
}
