// Traffic: from counters that only grow to rates over the last ten seconds.
import type { CallsReply, CountedCalls, Snapshot } from "./contract";

const windowMs = 10_000;

/** Calls in the window. */
export interface Flow {
  perSecond: number;
  errorShare: number; // 0 to 1
  p50Ns: number; // upper bounds of the buckets in which they lie; 0 without calls
  p99Ns: number;
}
/** Those from one service to another, as the caller saw them. */
export interface Edge extends Flow {
  host: string; // of the caller: "frontend.0"
  caller: string; // its full name; "" for a program that is no service
  callee: string; // "shop.Cart"
}
export interface Traffic {
  edges: Edge[];
  served: Map<string, Flow>; // what came through the door of each host
}

type Counts = Map<number, number>; // calls by bucket
interface Sum {
  count: number;
  errors: number;
  latency: Counts;
}
interface Sample {
  at: number;
  hosts: Map<string, Snapshot>;
}

const serviceOf = (method: string) => method.slice(0, method.indexOf("/"));
const total = (errors: Record<string, string> = {}) => Object.values(errors).reduce((sum, count) => sum + Number(count), 0);
const nothing = (): Sum => ({ count: 0, errors: 0, latency: new Map() });
const sumOf = (calls: CountedCalls): Sum => ({
  count: Number(calls.count ?? 0),
  errors: total(calls.errors),
  latency: new Map((calls.latency ?? []).map(({ belowNs, count }) => [Number(belowNs), Number(count)])),
});

function quantile(latency: Counts, share: number): number {
  const buckets = [...latency].sort(([a], [b]) => a - b);
  const wanted = share * buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [below, count] of buckets) {
    seen += count;
    if (count > 0 && seen >= wanted) return below;
  }
  return 0;
}

/** What came between two snapshots of a host. A counter that went back is that of a new process, which counts from zero. */
function difference(now: CountedCalls, before: CountedCalls | undefined): Sum {
  const sum = sumOf(now);
  const old = before && sumOf(before);
  if (!old || old.count > sum.count) return sum;
  for (const [below, count] of old.latency) sum.latency.set(below, (sum.latency.get(below) ?? 0) - count);
  return { count: sum.count - old.count, errors: sum.errors - old.errors, latency: sum.latency };
}

function add(sum: Sum, more: Sum): Sum {
  for (const [below, count] of more.latency) sum.latency.set(below, (sum.latency.get(below) ?? 0) + count);
  return { count: sum.count + more.count, errors: sum.errors + more.errors, latency: sum.latency };
}

/** What was added to counters of methods, summed up by name. */
function grown(
  now: CountedCalls[] = [], before: CountedCalls[] | undefined, nameOf: (calls: CountedCalls) => string,
): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const calls of now) {
    const old = before?.find(({ caller, method }) => caller === calls.caller && method === calls.method);
    const name = nameOf(calls);
    sums.set(name, add(sums.get(name) ?? nothing(), before ? difference(calls, old) : nothing()));
  }
  return sums;
}

const flowOf = ({ count, errors, latency }: Sum, seconds: number): Flow => ({
  perSecond: seconds > 0 ? count / seconds : 0,
  errorShare: count > 0 ? errors / count : 0,
  p50Ns: quantile(latency, 0.5),
  p99Ns: quantile(latency, 0.99),
});

/** Remembers the counters of the last ten seconds. */
export class Meter {
  private samples: Sample[] = [];

  add(reply: CallsReply, at: number): Traffic {
    if (at - (this.samples.at(-1)?.at ?? at) > windowMs) this.samples = []; // nobody looked, or the node did not answer
    this.samples.push({ at, hosts: new Map((reply.hosts ?? []).map((snapshot) => [snapshot.host, snapshot])) });
    while (this.samples.length > 2 && this.samples[1]!.at <= at - windowMs) this.samples.shift();
    const first = this.samples[0]!;
    const last = this.samples[this.samples.length - 1]!;
    const seconds = (last.at - first.at) / 1000;
    const traffic: Traffic = { edges: [], served: new Map() };
    for (const [host, snapshot] of last.hosts) {
      const before = first.hosts.get(host);
      traffic.edges.push(...edgesOf(snapshot, before, seconds));
      const served = [...grown(snapshot.served, before && (before.served ?? []), () => host).values()];
      traffic.served.set(host, flowOf(served[0] ?? nothing(), seconds));
    }
    return traffic;
  }
}

/** The methods of a service are one edge. */
function edgesOf(snapshot: Snapshot, before: Snapshot | undefined, seconds: number): Edge[] {
  const nameOf = ({ caller = "", method }: CountedCalls) => `${caller}>${serviceOf(method)}`;
  const sums = grown(snapshot.calls, before && (before.calls ?? []), nameOf);
  return [...sums].map(([name, sum]) => {
    const [caller = "", callee = ""] = name.split(">");
    return { host: snapshot.host, caller, callee, ...flowOf(sum, seconds) };
  });
}

/** Several flows as one: rates add up, the slowest counts. */
export function together(a: Flow, b: Flow): Flow {
  const perSecond = a.perSecond + b.perSecond;
  const errors = a.perSecond * a.errorShare + b.perSecond * b.errorShare;
  return {
    perSecond,
    errorShare: perSecond > 0 ? errors / perSecond : 0,
    p50Ns: Math.max(a.p50Ns, b.p50Ns),
    p99Ns: Math.max(a.p99Ns, b.p99Ns),
  };
}
