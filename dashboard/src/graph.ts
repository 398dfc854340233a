// Where everything stands on the map: hosts are boxes, their services stand in them, edges are calls. Laid out by dagre, from
// the left to the right, and anew only when the graph is another one. A host of several services is a cluster to dagre. One with
// a single service is a plain node with room for its title: as a cluster it would be drawn out over all edges that pass by.
import dagre from "@dagrejs/dagre";

import type { HostState, ServiceState } from "./contract";
import { hostName, shortName } from "./text";
import { together, type Edge } from "./traffic";

export interface Topology {
  services: { id: string; contract: string; host: string; owner: string }[];
  edges: { id: string; from: string; to: string; name: string }[];
}

export interface Box {
  x: number; // of its middle
  y: number;
  width: number;
  height: number;
}
export interface Line {
  id: string;
  name: string; // "Frontend → Cart"
  points: { x: number; y: number }[];
  label: { x: number; y: number };
}
export interface Layout {
  width: number;
  height: number;
  hosts: Map<string, Box>;
  services: Map<string, Box>;
  lines: Line[];
}

const serviceSize = { width: 146, height: 44 };
const labelSize = { width: 150, height: 40 };
const padding = 8; // of a host around its services
const title = 22; // of a host above them

const idOf = (host: string, contract: string) => `${host}/${contract}`;

/** Of what is declared, and of what was seen to call. */
export function topologyOf(hosts: HostState[], declared: ServiceState[], seen: Edge[]): Topology {
  const services = new Map<string, Topology["services"][number]>();
  for (const state of hosts) {
    const host = hostName(state.host);
    const contracts = state.services?.length ? state.services : [host];
    contracts.forEach((contract, index) => {
      const id = idOf(host, contract);
      services.set(id, { id, contract, host, owner: state.owners?.[index] ?? "" });
    });
  }
  const placeOf = (contract: string, near: string) =>
    services.get(idOf(near, contract)) ?? [...services.values()].find((service) => service.contract === contract);

  const edges = new Map<string, Topology["edges"][number]>();
  const add = (host: string, caller: string, callee: string) => {
    const from = services.get(idOf(host, caller || host));
    const to = placeOf(callee, host);
    if (!from || !to || from === to) return;
    const id = `${from.id}>${to.id}`;
    edges.set(id, { id, from: from.id, to: to.id, name: `${shortName(from.contract)} → ${shortName(to.contract)}` });
  };
  const contractOf = new Map(declared.map(({ name, contract }) => [name, contract ?? name]));
  for (const service of declared) {
    for (const host of service.hosts ?? []) {
      for (const callee of service.calls ?? []) add(host, contractOf.get(service.name)!, contractOf.get(callee) ?? callee);
    }
  }
  for (const edge of seen) add(hostName(edge.host), edge.caller, edge.callee);
  return { services: [...services.values()], edges: [...edges.values()] };
}

const clusterOf = (host: string) => `host ${host}`;
const isAlone = (topology: Topology, host: string) => topology.services.filter((service) => service.host === host).length === 1;
const around = ({ width, height }: { width: number; height: number }) => ({
  width: width + 2 * padding, height: height + title + padding,
});

export function layOut(topology: Topology): Layout {
  const graph = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 12, ranksep: 18, edgesep: 8, marginx: 12, marginy: 12 + title });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, host } of topology.services) {
    const alone = isAlone(topology, host);
    graph.setNode(id, alone ? around(serviceSize) : { ...serviceSize });
    if (alone) continue;
    graph.setNode(clusterOf(host), {});
    graph.setParent(id, clusterOf(host));
  }
  for (const { id, from, to } of topology.edges) graph.setEdge(from, to, { ...labelSize, labelpos: "c" }, id);
  dagre.layout(graph);

  const hosts = new Map<string, Box>();
  const services = new Map<string, Box>();
  for (const { id, host } of topology.services) {
    const alone = isAlone(topology, host);
    const { x, y, width, height } = graph.node(alone ? id : clusterOf(host));
    hosts.set(host, alone ? { x, y, width, height } : { x, y: y - title / 2, width, height: height + title });
    const { x: middle, y: centre } = graph.node(id);
    services.set(id, { x: middle, y: alone ? centre + (title - padding) / 2 : centre, ...serviceSize });
  }
  return {
    width: graph.graph().width ?? 0,
    height: graph.graph().height ?? 0,
    hosts,
    services,
    lines: topology.edges.map(({ id, from, to, name }) => {
      const { points, x, y } = graph.edge({ v: from, w: to, name: id });
      return { id, name, points, label: { x, y } };
    }),
  };
}

/** The traffic of each edge of the map, by its id. Edges of several replicas are one: rates add up, the slowest counts. */
export function trafficByEdge(topology: Topology, seen: Edge[]): Map<string, Edge> {
  const known = new Map(topology.services.map((service) => [service.id, service]));
  const byEdge = new Map<string, Edge>();
  for (const { id, from, to } of topology.edges) {
    const caller = known.get(from)!;
    const callee = known.get(to)!;
    for (const edge of seen) {
      const same = hostName(edge.host) === caller.host && (edge.caller || caller.host) === caller.contract;
      if (!same || edge.callee !== callee.contract) continue;
      const sum = byEdge.get(id);
      byEdge.set(id, sum ? { ...sum, ...together(sum, edge) } : edge);
    }
  }
  return byEdge;
}

/** Whom each service calls, declared or seen, with what flows; by the service's id. */
export function callsOf(topology: Topology, seen: Edge[]): Map<string, { callee: string; edge: Edge | undefined }[]> {
  const traffic = trafficByEdge(topology, seen);
  const contracts = new Map(topology.services.map(({ id, contract }) => [id, contract]));
  const calls = new Map<string, { callee: string; edge: Edge | undefined }[]>();
  for (const { id, from, to } of topology.edges) {
    calls.set(from, [...(calls.get(from) ?? []), { callee: contracts.get(to)!, edge: traffic.get(id) }]);
  }
  return calls;
}

/** "frontend → Cart", for people who do not see the map. */
export const edgeName = ({ host, caller, callee }: Edge) => `${caller ? shortName(caller) : hostName(host)} → ${shortName(callee)}`;
