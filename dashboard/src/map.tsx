// The map: drawn, or where there is no room for that, written.
import { useEffect, useState } from "preact/hooks";

import type { EdgeUsage, HostState } from "./contract";
import type { Usage } from "./doors";
import type { Topology } from "./graph";
import { MapDrawing } from "./map_drawing";
import { MapList } from "./map_list";
import { EdgeDetails, usageOf } from "./strain";
import type { Edge } from "./traffic";

const narrow = matchMedia("(max-width: 700px)");

function useNarrow(): boolean {
  const [is, setIs] = useState(narrow.matches);
  useEffect(() => {
    const look = () => setIs(narrow.matches);
    narrow.addEventListener("change", look);
    return () => narrow.removeEventListener("change", look);
  }, []);
  return is;
}

interface Shown {
  topology: Topology;
  hosts: HostState[];
  edges: Edge[];
  between: EdgeUsage[];
  usage: Usage;
}

export function ServiceMap(shown: Shown) {
  const isNarrow = useNarrow();
  const [chosen, choose] = useState("");
  const line = shown.topology.edges.find(({ id }) => id === chosen);
  if (shown.hosts.length === 0) return <p class="quiet">This application has no hosts.</p>;
  return (
    <>
      {isNarrow ? <MapList {...shown} /> : <MapDrawing {...shown} choose={choose} />}
      {line && <EdgeDetails name={line.name} edge={usageOf(shown.topology, chosen, shown.between)} usage={shown.usage}
        close={() => choose("")} />}
      <p class="quiet legend">
        An edge shows the calls of the last ten seconds: how many in a second, which share <span class="unwell">failed</span>,
        and the times below which half (p50) and 99 of 100 (p99) ended. Grey ones are declared, but not used just now.
        A broken line: attempts fail or a replica is in trouble, which retries may hide, or a host turns calls away. A host that lets
        only so many calls run at a time says how many. A click on an edge tells more.
      </p>
    </>
  );
}
