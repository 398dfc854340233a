// The calls of the last ten seconds, as a table: what the map shows, for reading and for sorting by eye.
import { edgeName } from "./graph";
import { percent, rate, time } from "./text";
import type { Edge } from "./traffic";

export function Calls({ edges }: { edges: Edge[] }) {
  const busy = edges.filter(({ perSecond }) => perSecond > 0).sort((a, b) => b.perSecond - a.perSecond);
  if (busy.length === 0) return <p class="quiet">No service has called another in the last ten seconds.</p>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Calls, may be scrolled">
      <table>
        <thead>
          <tr>
            <th scope="col">From → to</th><th scope="col">Caller's host</th><th scope="col" class="number">Calls</th>
            <th scope="col" class="number">Failed</th><th scope="col" class="number">p50</th><th scope="col" class="number">p99</th>
          </tr>
        </thead>
        <tbody>
          {busy.map((edge) => (
            <tr key={`${edge.host} ${edge.caller} ${edge.callee}`}>
              <th scope="row">{edgeName(edge)}</th>
              <td>{edge.host}</td>
              <td class="number">{rate(edge.perSecond)}</td>
              <td class={`number${edge.errorShare > 0 ? " unwell" : ""}`}>{percent(edge.errorShare)}</td>
              <td class="number">{time(edge.p50Ns)}</td>
              <td class="number">{time(edge.p99Ns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
