// Strain: what is wrong between services though retries may hide it: attempts that fail, replicas in trouble, a budget that is spent, as
// callers know it; and hosts that turn calls away. Of the last half second.
import type { EdgeUsage } from "./contract";
import { crowded, doorsOf, type Usage } from "./doors";
import type { Topology } from "./graph";
import { percent, plain, rate, shortName } from "./text";

const attemptsWell = 0.99; // one in a hundred is what retries are there for

export const strained = (edges: EdgeUsage[]) => edges.filter(({ unfit = [], unpaidPerSecond = 0, success = 0, successOfAttempts = 0 }) =>
  unfit.length > 0 || unpaidPerSecond > 0 || successOfAttempts < Math.min(attemptsWell, success));

/** The hosts' replicas in which some caller sees trouble. */
export const unfitReplicas = (edges: EdgeUsage[]) => new Set(edges.flatMap(({ unfit = [] }) => unfit.map(({ host = "" }) => host)));

const edgeName = ({ caller, callee }: EdgeUsage) => `${caller ? shortName(caller) : "From outside"} → ${shortName(callee)}`;

/** Of an edge of the map. */
export function usageOf(topology: Topology, id: string, edges: EdgeUsage[]): EdgeUsage | undefined {
  const line = topology.edges.find((edge) => edge.id === id);
  const end = (service: string | undefined) => topology.services.find((known) => known.id === service);
  const from = end(line?.from);
  const to = end(line?.to);
  if (!from || !to) return undefined;
  return edges.find(({ caller = "", callee }) => callee === to.contract && (caller || from.host) === from.contract);
}

function replicasOf({ unfit = [] }: EdgeUsage): string[] {
  return unfit.map(({ host, address = "", breaker = "", silent, outUs = "0" }) => {
    const failing = breaker === "closed" ? "" : `breaker ${breaker}, failing for ${(Number(outUs) / 1e6).toFixed(1)} s`;
    return `${plain(host || address)}: ${[silent && "does not answer", failing].filter(Boolean).join(", ")}`;
  });
}

export function Strain({ edges, usage }: { edges: EdgeUsage[]; usage: Usage }) {
  return (
    <>
      {crowded(usage).map(({ host, turnedAway, doors }) => (
        <li key={`crowd ${host}`}>{host} <span class="unwell">turns {rate(turnedAway)} calls away</span>: {doors}</li>
      ))}
      {strained(edges).map((edge) => (
        <li key={`strain ${edge.caller} ${edge.callee}`}>
          {edgeName(edge)}: {percent(edge.success ?? 0)} of {rate(edge.callsPerSecond ?? 0)} went well,{" "}
          <span class="unwell">{percent(edge.successOfAttempts ?? 0)} of the attempts</span>
          {(edge.unpaidPerSecond ?? 0) > 0 && <>; <span class="unwell">the retry budget is spent</span></>}
          {replicasOf(edge).map((text) => <>; {text}</>)}
        </li>
      ))}
    </>
  );
}

/** What a click on an edge tells. */
export function EdgeDetails({ name, edge, usage, close }: { name: string; edge: EdgeUsage | undefined; usage: Usage; close: () => void }) {
  const facts: [string, string][] = edge ? [
    ["Calls", rate(edge.callsPerSecond ?? 0)],
    ["Calls that went well", percent(edge.success ?? 0)],
    ["Attempts that went well", percent(edge.successOfAttempts ?? 0)],
    ["Retries", rate(edge.retriesPerSecond ?? 0)],
    ["Hedges", rate(edge.hedgesPerSecond ?? 0)],
    ["Not made again, as the budget was spent", rate(edge.unpaidPerSecond ?? 0)],
    ["May be made again just now", Math.floor(edge.budget ?? 0).toString()],
    ["Replicas in trouble", replicasOf(edge).join("; ") || "none"],
    ["At the door of", doorsOf(edge.callee, usage).join("; ") || "a process that does not say"],
  ] : [["Calls", "none just now"]];
  return (
    <section class="details" aria-label={name}>
      <h3>{name}</h3>
      <dl>{facts.map(([what, value]) => <div key={what}><dt>{what}</dt><dd>{value}</dd></div>)}</dl>
      <button type="button" onClick={close}>Close</button>
    </section>
  );
}
