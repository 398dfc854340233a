// The page: it watches the node, asks it every other second what flows, and says when it is gone.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { Calls } from "./calls";
import type { DescribeReply, HostState, ListReply, ServiceState } from "./contract";
import { ask, follow, type Link } from "./control";
import { crowded } from "./doors";
import { Elsewhere } from "./elsewhere";
import { Events } from "./events";
import { topologyOf } from "./graph";
import { Hosts } from "./hosts";
import { Logs } from "./logs";
import { ServiceMap } from "./map";
import { usePulse, type Pulse } from "./pulse";
import { strained } from "./strain";
import { Top } from "./top";
import { failing, Trouble, troubled } from "./trouble";

const sections = ["Map", "Hosts", "Top", "Calls", "Logs", "Events"];

function useNode(): { list: ListReply | undefined; link: Link | undefined } {
  const [list, setList] = useState<ListReply>();
  const [link, setLink] = useState<Link>();
  useEffect(() => follow<ListReply>("Watch", {}, (batch) => setList(batch[batch.length - 1]), setLink), []);
  return { list, link };
}

/** Who is declared to call whom; asked for anew when other hosts run. */
function useDeclared(hosts: string): ServiceState[] {
  const [declared, setDeclared] = useState<ServiceState[]>([]);
  useEffect(() => {
    if (hosts) ask<DescribeReply>("Describe").then(({ services }) => setDeclared(services ?? []), () => setDeclared([]));
  }, [hosts]);
  return declared;
}

function Notice({ link, answers }: { link: Link | undefined; answers: boolean }) {
  if (link?.state === "gone") {
    const seconds = Math.max(1, Math.round((link.againAt - Date.now()) / 1000));
    return (
      <div class="notice">
        <span role="alert">The node is gone: {link.why}. What you see is how it was.</span> Trying again in {seconds} s.
      </div>
    );
  }
  if (link?.state === "refused") {
    return (
      <p class="notice" role="alert">This page needs the key of the node: open the link that <code>holon up</code> printed.</p>
    );
  }
  if (!answers) return <p class="notice" role="alert">The node does not answer. What you see is how it was.</p>;
  return null;
}

const failures = (edges: number) => (edges === 0 ? "no calls fail" : `calls fail on ${edges} ${edges === 1 ? "edge" : "edges"}`);

function Heading({ list, pulse, live }: { list: ListReply; pulse: Pulse; live: boolean }) {
  const { hosts = [], gateway, placement, strict } = list;
  const ready = hosts.filter(({ state }) => state === "ready").length;
  const failed = failing(pulse.traffic.edges).length;
  return (
    <p class="summary">
      <span role="status" class={live ? "well" : "unwell"}>{live ? "● live" : "▲ not live"}</span>
      {" · "}placement <b>{placement}</b>{strict && ", strict"}
      {" · "}{ready} of {hosts.length} hosts ready
      {" · "}<span class={failed > 0 ? "unwell" : ""}>{failures(failed)}</span>
      {gateway && <> · open <a href={gateway} rel="noreferrer">{gateway}</a></>}
    </p>
  );
}

const byName = (a: HostState, b: HostState) => a.host.localeCompare(b.host, "en", { numeric: true });

function Application({ list, pulse, live, known }: { list: ListReply; pulse: Pulse; live: boolean; known: boolean }) {
  const hosts = useMemo(() => (list.hosts ?? []).toSorted(byName), [list]);
  const names = hosts.map(({ host }) => host);
  const [self] = list.nodes ?? [];
  const own = hosts.filter(({ node }) => !self || node === self.node).map(({ host }) => host);  // whose logs are here
  const { traffic, usage, between, elsewhere, now, events } = pulse;
  const declared = useDeclared(known ? names.join(" ") : "");
  const topology = useMemo(() => topologyOf(hosts, declared, traffic.edges), [hosts, declared, traffic]);
  const [logsOf, setLogsOf] = useState("");
  const logs = useRef<HTMLHeadingElement>(null);
  const showLogs = (host: string) => {
    setLogsOf(host);
    logs.current?.focus();
  };
  const logOf = (host: string) => (own.includes(host) ? () => showLogs(host) : undefined);
  const faults = list.faults ?? [];
  const inTrouble = [faults, troubled(hosts), failing(traffic.edges), strained(between), crowded(usage)].some(({ length }) => length > 0);
  return (
    <div class={live ? "" : "stale"}>
      {inTrouble && (
        <section aria-labelledby="trouble">
          <h2 id="trouble">Trouble</h2>
          <Trouble faults={faults} hosts={hosts} edges={traffic.edges} between={between} usage={usage} show={logOf} />
        </section>
      )}
      <section aria-labelledby="map">
        <h2 id="map">Map</h2>
        <Elsewhere nodes={elsewhere} />
        <ServiceMap topology={topology} hosts={hosts} edges={traffic.edges} between={between} usage={usage} />
      </section>
      <section aria-labelledby="hosts"><h2 id="hosts">Hosts</h2><Hosts hosts={hosts} now={now} show={logOf} /></section>
      <section aria-labelledby="top"><h2 id="top">Top</h2><Elsewhere nodes={elsewhere} /><Top hosts={hosts} usage={usage} traffic={traffic} /></section>
      <section aria-labelledby="calls"><h2 id="calls">Calls</h2><Elsewhere nodes={elsewhere} /><Calls edges={traffic.edges} /></section>
      <section aria-labelledby="logs">
        <h2 id="logs" tabIndex={-1} ref={logs}>Logs</h2>
        <Elsewhere nodes={elsewhere} />
        <Logs hosts={own} host={own.includes(logsOf) ? logsOf : ""} choose={setLogsOf} />
      </section>
      <section aria-labelledby="events"><h2 id="events">Events</h2><Events events={events} /></section>
    </div>
  );
}

export function App() {
  const { list, link } = useNode();
  const connected = link?.state === "live";
  const pulse = usePulse(connected);
  const live = connected && pulse.answers;
  useEffect(() => {
    if (list?.app) document.title = `${list.app} · holon`;
  }, [list?.app]);
  return (
    <>
      <a class="skip" href="#logs">Skip to the logs</a>
      <header>
        <h1>{list?.app ?? "holon"}</h1>
        {list && <Heading list={list} pulse={pulse} live={live} />}
      </header>
      {list && (
        <nav aria-label="Sections">{sections.map((name) => <a key={name} href={`#${name.toLowerCase()}`}>{name}</a>)}</nav>
      )}
      <main>
        <Notice link={link} answers={pulse.answers} />
        {list && <Application list={list} pulse={pulse} live={live} known={connected} />}
        {!list && !link && <p class="quiet">Asking the node …</p>}
      </main>
    </>
  );
}
