// The hosts: how each is, whose it is, how often it was started again, and why.
import type { HostState } from "./contract";
import { age, shortName, size } from "./text";
import type { Usage } from "./traffic";

const unique = (words: string[] | undefined) => [...new Set((words ?? []).filter(Boolean))];

function Cause({ host }: { host: HostState }) {
  const cause = host.health || host.cause || "";
  if (!host.lastLines?.length) return <>{cause}</>;
  return (
    <details>
      <summary>{cause || "its last lines"}</summary>
      <pre tabIndex={0}>{host.lastLines.join("\n")}</pre>
    </details>
  );
}

function Row({ host, usage, now, show }: { host: HostState; usage: Usage | undefined; now: number; show: () => void }) {
  const state = host.state ?? "";
  return (
    <tr>
      <th scope="row"><button type="button" class="link" onClick={show} title={`Logs of ${host.host}`}>{host.host}</button></th>
      <td><span class={`state ${state === "ready" ? "well" : "unwell"}`}>{state === "ready" ? "●" : "▲"} {state}</span></td>
      <td>{unique(host.services).map(shortName).join(", ") || host.kind}</td>
      <td>{unique(host.owners).join(", ")}</td>
      <td class="number">{host.pid ?? ""}</td>
      <td class="number">{host.pid ? age(now - Number(host.startedUnixMs ?? now)) : ""}</td>
      <td class="number">{usage ? usage.cores.toFixed(2) : ""}</td>
      <td class="number">{usage ? size(usage.bytes) : ""}</td>
      <td class="number">{host.restarts ?? 0}</td>
      <td class="cause"><Cause host={host} /></td>
    </tr>
  );
}

export function Hosts({ hosts, usage, now, show }: {
  hosts: HostState[]; usage: Map<string, Usage>; now: number; show: (host: string) => void;
}) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Hosts, may be scrolled">
      <table>
        <thead>
          <tr>
            <th scope="col">Host</th><th scope="col">State</th><th scope="col">Services</th><th scope="col">Owner</th>
            <th scope="col" class="number">PID</th><th scope="col" class="number">Up</th><th scope="col" class="number">Cores</th>
            <th scope="col" class="number">Memory</th><th scope="col" class="number">Restarts</th><th scope="col">Why it last ended</th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <Row key={host.host} host={host} usage={usage.get(host.host)} now={now} show={() => show(host.host)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
