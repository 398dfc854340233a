// The map as a drawing: hosts, the services in them, and the calls between, with what flows over each edge.
import { useMemo } from "preact/hooks";

import type { EdgeUsage, HostState } from "./contract";
import { crowded, limitOf, type Usage } from "./doors";
import { layOut, trafficByEdge, type Box, type Line, type Topology } from "./graph";
import { replicasState } from "./hosts";
import { strained, unfitReplicas, usageOf } from "./strain";
import { flowText, hostName, shortName } from "./text";
import type { Edge } from "./traffic";

/** Through the middles between the points, bent at the points. */
function path({ points }: Line): string {
  const [first, ...rest] = points;
  const last = rest.pop()!;
  const bends = rest.map(({ x, y }, index) => {
    const next = rest[index + 1];
    return next ? `Q${x} ${y} ${(x + next.x) / 2} ${(y + next.y) / 2}` : `Q${x} ${y} ${last.x} ${last.y}`;
  });
  return `M${first!.x} ${first!.y}${bends.join("")}${bends.length === 0 ? `L${last.x} ${last.y}` : ""}`;
}
const corner = (box: Box) => ({ x: box.x - box.width / 2, y: box.y - box.height / 2, width: box.width, height: box.height });
const smallest = 0.7; // scale; below it the map is scrolled
const letter = 6.2; // the width of one of those in a host's title, on average
/** Cut in its middle: names often begin alike, and end in what tells them apart. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

function EdgeLabel({ line: { label: { x, y } }, edge }: { line: Line; edge: Edge }) {
  const { calls, times } = flowText(edge);
  return (
    <text x={x} y={y - 19} text-anchor="middle">
      <tspan>{calls}</tspan>
      <tspan x={x} dy="14">{times}</tspan>
    </text>
  );
}

interface Drawn {
  line: Line;
  edge: Edge | undefined;
  isStrained: boolean;
  choose: () => void;
}

function EdgeLine({ line, edge, isStrained, choose }: Drawn) {
  const busy = edge !== undefined && edge.perSecond > 0;
  const failing = busy && edge.errorShare > 0;
  return (
    <g class={`edge${busy ? " busy" : ""}${failing ? " failing" : ""}${isStrained ? " strained" : ""}`} onClick={choose}>
      <title>{line.name}</title>
      <path d={path(line)} marker-end="url(#arrow)" />
      {busy && <EdgeLabel line={line} edge={edge} />}
    </g>
  );
}

interface DrawnHost {
  box: Box;
  name: string;
  replicas: HostState[];
  unfit: Set<string>;
  limit: string;
}

function HostBox({ box, name, replicas, unfit, limit }: DrawnHost) {
  const { tone, text: state } = replicasState(replicas);
  const text = limit ? `${state} · ${limit}` : state;
  const { x, y, width } = corner(box);
  const room = Math.floor((width - 28) / letter) - text.length; // for the name, beside the state
  return (
    <g class={`host ${tone}${replicas.some(({ host }) => unfit.has(host)) ? " strained" : ""}`}>
      <title>{name}</title>
      <rect {...corner(box)} rx="10" />
      <text x={x + 10} y={y + 15}>{cut(name, room)}</text>
      <text class="state" x={x + width - 10} y={y + 15} text-anchor="end">{text}</text>
    </g>
  );
}

interface Shown {
  topology: Topology;
  hosts: HostState[];
  edges: Edge[];
  between: EdgeUsage[];
  usage: Usage;
  choose: (edge: string) => void;
}

export function MapDrawing({ topology, hosts, edges, between, usage, choose }: Shown) {
  const shape = JSON.stringify(topology);
  const layout = useMemo(() => layOut(topology), [shape]);
  const traffic = trafficByEdge(topology, edges);
  const troubled = strained(between);
  const unfit = new Set([...unfitReplicas(between), ...crowded(usage).map(({ host }) => host)]);
  const { width, height } = layout;
  return (
    <div class="map" tabIndex={0} role="group" aria-label="Map, may be scrolled">
      <svg viewBox={`0 0 ${width} ${height}`} style={{ maxWidth: width, minWidth: smallest * width }} role="img"
        aria-label={`${topology.services.length} services, ${topology.edges.length} edges; the tables below tell the same`}>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {[...layout.hosts].map(([name, box]) => (
          <HostBox key={name} name={name} box={box} unfit={unfit} limit={limitOf(name, usage)}
            replicas={hosts.filter(({ host }) => hostName(host) === name)} />
        ))}
        {layout.lines.map((line) => (
          <EdgeLine key={line.id} line={line} edge={traffic.get(line.id)} choose={() => choose(line.id)}
            isStrained={usageOf(topology, line.id, troubled) !== undefined} />
        ))}
        {topology.services.map(({ id, contract, owner }) => {
          const box = layout.services.get(id)!;
          return (
            <g class="service" key={id}>
              <title>{contract}</title>
              <rect {...corner(box)} rx="7" />
              <text x={box.x} y={box.y + (owner ? -2 : 5)} text-anchor="middle">{cut(shortName(contract), 15)}</text>
              {owner && <text class="owner" x={box.x} y={box.y + 15} text-anchor="middle">{cut(owner, 20)}</text>}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
