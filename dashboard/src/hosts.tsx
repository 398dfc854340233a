// The hosts: how each is, whose it is, how often it was started again, and why.
import type { HostState } from "./contract";
import { Table, type Column } from "./table";
import { age, plain, shortName } from "./text";

const unique = (words: string[] | undefined) => [...new Set((words ?? []).filter(Boolean))];

const quiet = new Set(["stopped", "stopping", "starting"]); // somebody wanted it

const mark = (well: boolean, wanted: boolean) => (well ? "●" : wanted ? "○" : "▲");
const toneOf = (well: boolean, wanted: boolean) => (well ? "well" : wanted ? "" : "unwell");

/** Of all replicas of a host: "● ready", or of several "▲ 2 of 3 ready". */
export function replicasState(replicas: HostState[]): { tone: string; text: string } {
  const ready = replicas.filter(({ state }) => state === "ready").length;
  const well = ready === replicas.length;
  const wanted = replicas.every(({ state = "" }) => state === "ready" || quiet.has(state));
  const words = replicas.length === 1 ? (replicas[0]!.state ?? "") : `${ready} of ${replicas.length} ready`;
  return { tone: toneOf(well, wanted), text: `${mark(well, wanted)} ${words}` };
}

export function State({ host }: { host: HostState }) {
  const { tone, text } = replicasState([host]);
  return <span class={`state ${tone}`}>{text}</span>;
}

/** Leads to its log, if that is on this node. */
export type ShowLog = (() => void) | undefined;
export function HostLink({ host, show }: { host: string; show: ShowLog }) {
  if (!show) return <>{host}</>;
  return <button type="button" class="link" onClick={show} title={`Logs of ${host}`}>{host}</button>;
}

/** The end of its log, when it last ended by itself. */
export function LastLines({ lines }: { lines: string[] }) {
  return <pre tabIndex={0} aria-label="the last lines of its log">{plain(lines.join("\n"))}</pre>;
}

function Cause({ host }: { host: HostState }) {
  const cause = plain(host.cause ?? "");
  if (!host.lastLines?.length) return cause === "" ? null : <>{cause}</>;
  return (
    <details>
      <summary>{cause}, and its last lines</summary>
      <LastLines lines={host.lastLines} />
    </details>
  );
}

interface Row {
  host: HostState;
  now: number;
  show: ShowLog;
}

const upFor = ({ host, now }: Row) => now - Number(host.startedUnixMs ?? now);
const services = ({ host }: Row) => unique(host.services).map(shortName).join(", ") || host.kind || "";
const owners = ({ host }: Row) => unique(host.owners).join(", ");

const node: Column<Row> = { head: "Node", cell: ({ host }) => host.node || null, order: ({ host }) => host.node ?? "" };

const columns: Column<Row>[] = [
  {
    head: "Host", order: ({ host }) => host.host,
    cell: ({ host, show }) => <HostLink host={host.host} show={show} />,
  },
  { head: "State", cell: ({ host }) => <State host={host} />, order: ({ host }) => (host.state === "ready" ? "~" : "") },
  node,
  { head: "Services", cell: services, order: services },
  { head: "Owner", cell: (row) => owners(row) || null, order: owners },
  { head: "PID", number: true, cell: ({ host }) => host.pid || null },
  {
    head: "Up", number: true, cell: (row) => (row.host.pid ? age(upFor(row)) : null),
    order: (row) => (row.host.pid ? upFor(row) : -1),
  },
  { head: "Restarts", number: true, cell: ({ host }) => host.restarts ?? 0, order: ({ host }) => host.restarts ?? 0 },
  { head: "Why it last ended", cell: ({ host }) => <Cause host={host} />, tone: () => "cause" },
];

export function Hosts({ hosts, now, show }: { hosts: HostState[]; now: number; show: (host: string) => ShowLog }) {
  const rows = hosts.map((host): Row => ({ host, now, show: show(host.host) }));
  const shown = hosts.some((host) => host.node) ? columns : columns.filter((column) => column !== node);
  return <Table label="Hosts" columns={shown} rows={rows} keyOf={({ host }) => host.host} />;
}
