// Load: what each host uses, as the mean of what `holon top` would have said in the last ten seconds, and how it is called.
import type { HostState, HostUsage, TopReply } from "./contract";
import { together, type Flow, type Traffic } from "./traffic";

const samplesKept = 5;

export interface Load {
  cores: number;
  bytes: number;
  bytesMax: number; // 0: no limit
  processes: number;
  descriptors: number;
  flow: Flow | undefined; // unknown: of a command with several replicas, callers do not say whom they called
}

/** What hosts used, the last times that they were looked at. */
export class Gauge {
  private samples: HostUsage[][] = [];

  add(reply: TopReply): Map<string, HostUsage> {
    this.samples = [...this.samples, reply.hosts ?? []].slice(-samplesKept);
    return new Map((reply.hosts ?? []).map((usage) => [usage.host, { ...usage, cpu: this.cores(usage) }]));
  }

  /** Of this process: one that was started anew begins anew. */
  private cores({ host, pid }: HostUsage): number {
    const same = this.samples.flat().filter((usage) => usage.host === host && usage.pid === pid);
    return same.reduce((sum, { cpu = 0 }) => sum + cpu, 0) / same.length;
  }
}

/** What came to a host, as it says; of one that says nothing, as its callers saw it. */
function flowTo(host: HostState, alone: boolean, traffic: Traffic): Flow | undefined {
  const told = traffic.served.get(host.host);
  if (told || !alone) return told;
  const seen = traffic.edges.filter(({ callee }) => host.services?.includes(callee));
  return seen.length > 0 ? seen.map((edge): Flow => edge).reduce(together) : undefined;
}

export function loadOf(host: HostState, alone: boolean, usage: HostUsage | undefined, traffic: Traffic): Load | undefined {
  if (!host.pid || usage?.pid !== host.pid) return undefined;
  return {
    cores: usage.cpu ?? 0,
    bytes: Number(usage.memoryBytes ?? 0),
    bytesMax: Number(usage.memoryBytesMax ?? 0),
    processes: usage.processes ?? 0,
    descriptors: usage.descriptors ?? 0,
    flow: flowTo(host, alone, traffic),
  };
}
