// Traffic: from counters that only grow to rates over the last seconds.
import type { CallsReply, EdgeCalls, Snapshot } from "./contract";

const windowMs = 10_000;

/** Calls from one service to another, in the window. */
export interface Edge {
  host: string; // of the caller: "frontend.0"
  caller: string; // its full name; "" for a program that is no service
  callee: string; // "shop.Cart"
  perSecond: number;
  errorShare: number; // 0 to 1
  p50Ns: number; // upper bounds of the buckets in which they lie; 0 without calls
  p99Ns: number;
}
export interface Usage {
  cores: number;
  bytes: number;
}
export interface Traffic {
  edges: Edge[];
  usage: Map<string, Usage>; // by host
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
const sumOf = (edge: EdgeCalls): Sum => ({
  count: Number(edge.count ?? 0),
  errors: total(edge.errors),
  latency: new Map((edge.latency ?? []).map(({ belowNs, count }) => [Number(belowNs), Number(count)])),
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
function difference(now: EdgeCalls, before: EdgeCalls | undefined): Sum {
  const sum = sumOf(now);
  const old = before && sumOf(before);
  if (!old || old.count > sum.count) return sum;
  for (const [below, count] of old.latency) sum.latency.set(below, (sum.latency.get(below) ?? 0) - count);
  return { count: sum.count - old.count, errors: sum.errors - old.errors, latency: sum.latency };
}

/** Remembers the counters of the last ten seconds. */
export class Meter {
  private samples: Sample[] = [];

  add(reply: CallsReply, at: number): Traffic {
    this.samples.push({ at, hosts: new Map((reply.hosts ?? []).map((snapshot) => [snapshot.host, snapshot])) });
    while (this.samples.length > 2 && this.samples[1]!.at <= at - windowMs) this.samples.shift();
    const first = this.samples[0]!;
    const last = this.samples[this.samples.length - 1]!;
    const seconds = (last.at - first.at) / 1000;
    const traffic: Traffic = { edges: [], usage: new Map() };
    for (const [host, snapshot] of last.hosts) {
      const before = first.hosts.get(host);
      traffic.edges.push(...edgesOf(snapshot, before, seconds));
      const spent = Number(snapshot.cpuUs ?? 0) - Number(before?.cpuUs ?? 0);
      traffic.usage.set(host, {
        cores: before && seconds > 0 && spent >= 0 ? spent / 1e6 / seconds : 0,
        bytes: Number(snapshot.privateBytes ?? 0),
      });
    }
    return traffic;
  }
}

/** The methods of a service are one edge. */
function edgesOf(snapshot: Snapshot, before: Snapshot | undefined, seconds: number): Edge[] {
  const sums = new Map<string, Sum>();
  for (const now of snapshot.calls ?? []) {
    const old = before?.calls?.find(({ caller, method }) => caller === now.caller && method === now.method);
    const came = seconds > 0 && before ? difference(now, old) : { count: 0, errors: 0, latency: new Map() };
    const name = `${now.caller ?? ""}>${serviceOf(now.method)}`;
    const sum = sums.get(name) ?? { count: 0, errors: 0, latency: new Map<number, number>() };
    sum.count += came.count;
    sum.errors += came.errors;
    for (const [below, count] of came.latency) sum.latency.set(below, (sum.latency.get(below) ?? 0) + count);
    sums.set(name, sum);
  }
  return [...sums].map(([name, { count, errors, latency }]) => {
    const [caller = "", callee = ""] = name.split(">");
    return {
      host: snapshot.host, caller, callee,
      perSecond: seconds > 0 ? count / seconds : 0,
      errorShare: count > 0 ? errors / count : 0,
      p50Ns: quantile(latency, 0.5),
      p99Ns: quantile(latency, 0.99),
    };
  });
}
