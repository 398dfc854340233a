// The calls of the last ten seconds, as a table: what the map shows, each replica by itself.
import { edgeName } from "./graph";
import { Table, type Column } from "./table";
import { percent, rate, time } from "./text";
import type { Edge } from "./traffic";

const columns: Column<Edge>[] = [
  { head: "From → to", cell: edgeName, order: edgeName },
  { head: "Caller's host", cell: ({ host }) => host, order: ({ host }) => host },
  { head: "Calls", number: true, cell: ({ perSecond }) => rate(perSecond), order: ({ perSecond }) => perSecond },
  {
    head: "Failed", number: true, cell: ({ errorShare }) => percent(errorShare), order: ({ errorShare }) => errorShare,
    tone: ({ errorShare }) => (errorShare > 0 ? "unwell" : ""),
  },
  { head: "p50", number: true, cell: ({ p50Ns }) => time(p50Ns), order: ({ p50Ns }) => p50Ns },
  { head: "p99", number: true, cell: ({ p99Ns }) => time(p99Ns), order: ({ p99Ns }) => p99Ns },
];

export function Calls({ edges }: { edges: Edge[] }) {
  const busy = edges.filter(({ perSecond }) => perSecond > 0).sort((a, b) => b.perSecond - a.perSecond);
  if (busy.length === 0) return <p class="quiet">No service has called another in the last ten seconds.</p>;
  return <Table label="Calls" columns={columns} rows={busy} keyOf={(edge) => `${edge.host} ${edge.caller} ${edge.callee}`} />;
}
