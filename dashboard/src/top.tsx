// What `holon top` tells, of the last ten seconds: what each host uses, how often it is called, and how it answers.
import type { HostState, HostUsage } from "./contract";
import { loadOf, type Load } from "./load";
import { Table, type Column } from "./table";
import { hostName, percent, rate, size, time } from "./text";
import type { Traffic } from "./traffic";

interface Row {
  host: string;
  load: Load | undefined;
}

function memory({ bytes, bytesMax }: Load): string {
  return bytesMax > 0 ? `${size(bytes)} of ${size(bytesMax)}` : size(bytes);
}

/** Of what is not known there is nothing to be seen, and it sorts last. */
function column(
  head: string, text: (load: Load) => string | undefined, order: (load: Load) => number, tone?: Column<Row>["tone"],
): Column<Row> {
  return {
    head, number: true, tone,
    cell: ({ load }) => (load && text(load)) ?? null,
    order: ({ load }) => (load ? order(load) : -1),
  };
}

const nearLimit = ({ load }: Row) => (load && load.bytesMax > 0 && load.bytes > 0.9 * load.bytesMax ? "unwell" : "");
const fails = ({ load }: Row) => (load?.flow && load.flow.errorShare > 0 ? "unwell" : "");

const columns: Column<Row>[] = [
  { head: "Host", cell: ({ host }) => host, order: ({ host }) => host },
  column("CPU", ({ cores }) => `${(100 * cores).toFixed(1)} %`, ({ cores }) => cores),
  column("Memory", memory, ({ bytes }) => bytes, nearLimit),
  column("Calls", ({ flow }) => flow && rate(flow.perSecond), ({ flow }) => flow?.perSecond ?? -1),
  column("Failed", ({ flow }) => flow && percent(flow.errorShare), ({ flow }) => flow?.errorShare ?? -1, fails),
  column("p50", ({ flow }) => flow && time(flow.p50Ns), ({ flow }) => flow?.p50Ns ?? -1),
  column("p99", ({ flow }) => flow && time(flow.p99Ns), ({ flow }) => flow?.p99Ns ?? -1),
  column("Processes", ({ processes }) => `${processes}`, ({ processes }) => processes),
  column("Descriptors", ({ descriptors }) => `${descriptors}`, ({ descriptors }) => descriptors),
];

export function Top({ hosts, usage, traffic }: { hosts: HostState[]; usage: Map<string, HostUsage>; traffic: Traffic }) {
  const alone = ({ host }: HostState) => hosts.filter((other) => hostName(other.host) === hostName(host)).length === 1;
  const rows = hosts.map((host): Row => ({ host: host.host, load: loadOf(host, alone(host), usage.get(host.host), traffic) }));
  return <Table label="Top" columns={columns} rows={rows} keyOf={({ host }) => host} />;
}
