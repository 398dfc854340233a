// The map where there is no room for one: each host with its services, and below it whom they call, and how that goes.
import type { HostState } from "./contract";
import { limitOf, type Usage } from "./doors";
import { callsOf, layOut, type Topology } from "./graph";
import { replicasState } from "./hosts";
import { flowText, hostName, shortName } from "./text";
import type { Edge } from "./traffic";

const names = (contracts: string[]) => contracts.map(shortName).join(", ");

function Outgoing({ calls }: { calls: { callee: string; edge: Edge | undefined }[] }) {
  const busy = calls.filter(({ edge }) => edge && edge.perSecond > 0);
  const idle = calls.filter((call) => !busy.includes(call)).map(({ callee }) => callee);
  return (
    <ul>
      {busy.map(({ callee, edge }) => {
        const { calls: often, times } = flowText(edge!);
        return (
          <li key={callee} class={`edge busy${edge!.errorShare > 0 ? " failing" : ""}`}>
            → {shortName(callee)} <span>{often}</span> <span>{times}</span>
          </li>
        );
      })}
      {idle.length > 0 && <li class="quiet">→ {names(idle)}: not called just now</li>}
    </ul>
  );
}

interface Listed {
  topology: Topology;
  hosts: HostState[];
  edges: Edge[];
  usage: Usage;
}

export function MapList({ topology, hosts, edges, usage }: Listed) {
  const boxes = [...layOut(topology).hosts].sort(([, a], [, b]) => a.x - b.x || a.y - b.y); // callers before whom they call
  const calls = callsOf(topology, edges);
  return (
    <ul class="map list">
      {boxes.map(([host]) => {
        const inside = topology.services.filter((service) => service.host === host);
        const contracts = inside.map(({ contract }) => contract).filter((contract) => contract !== host);
        const { tone, text } = replicasState(hosts.filter((replica) => hostName(replica.host) === host));
        const owners = [...new Set(inside.map(({ owner }) => owner).filter(Boolean))].join(", ");
        return (
          <li key={host} class="host">
            <b>{host}</b> <span class={`state ${tone}`}>{text}</span> {limitOf(host, usage)}
            <div>{names(contracts)} {owners && <span class="owner">{owners}</span>}</div>
            <Outgoing calls={inside.flatMap(({ id }) => calls.get(id) ?? [])} />
          </li>
        );
      })}
    </ul>
  );
}
