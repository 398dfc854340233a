// The page: it watches the node, counts with it every other second, and says when it is gone.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { Calls } from "./calls";
import type { CallsReply, DescribeReply, HostState, ListReply, ServiceState } from "./contract";
import { ask, follow, type Link } from "./control";
import { Events } from "./events";
import { topologyOf } from "./graph";
import { Hosts } from "./hosts";
import { Logs } from "./logs";
import { ServiceMap } from "./map";
import { Meter, type Traffic } from "./traffic";

const countEveryMs = 2000;
const nothing: Traffic = { edges: [], usage: new Map() };

function useNode(): { list: ListReply | undefined; link: Link | undefined } {
  const [list, setList] = useState<ListReply>();
  const [link, setLink] = useState<Link>();
  useEffect(() => follow<ListReply>("Watch", {}, (batch) => setList(batch[batch.length - 1]), setLink), []);
  return { list, link };
}

/** What flows, while the node is there. */
function useTraffic(live: boolean): { traffic: Traffic; now: number } {
  const [state, setState] = useState({ traffic: nothing, now: Date.now() });
  useEffect(() => {
    if (!live) return;
    const meter = new Meter();
    const count = () => {
      ask<CallsReply>("Calls").then(
        (reply) => setState({ traffic: meter.add(reply, Date.now()), now: Date.now() }),
        () => setState(({ traffic }) => ({ traffic, now: Date.now() })), // the watch says what is the matter
      );
    };
    count();
    const timer = setInterval(count, countEveryMs);
    return () => clearInterval(timer);
  }, [live]);
  return state;
}

/** Who is declared to call whom; asked for anew when other hosts run. */
function useDeclared(hosts: string): ServiceState[] {
  const [declared, setDeclared] = useState<ServiceState[]>([]);
  useEffect(() => {
    if (hosts) ask<DescribeReply>("Describe").then(({ services }) => setDeclared(services ?? []), () => setDeclared([]));
  }, [hosts]);
  return declared;
}

function Notice({ link }: { link: Link | undefined }) {
  if (link?.state === "gone") {
    const seconds = Math.max(1, Math.round((link.againAt - Date.now()) / 1000));
    return <p class="notice" role="alert">The node is gone: {link.why}. Trying again in {seconds} s; what you see is how it was.</p>;
  }
  if (link?.state === "refused") {
    return <p class="notice" role="alert">This page needs the key of the node: open the link that <code>holon up</code> printed.</p>;
  }
  return null;
}

function Heading({ list }: { list: ListReply }) {
  const { hosts = [], gateway, placement, strict } = list;
  const ready = hosts.filter(({ state }) => state === "ready").length;
  return (
    <p class="summary">
      placement <b>{placement}</b>{strict && ", strict"} · {ready} of {hosts.length} hosts ready
      {gateway && <> · <a href={gateway} rel="noreferrer">{gateway}</a></>}
    </p>
  );
}

const byName = (a: HostState, b: HostState) => a.host.localeCompare(b.host, "en", { numeric: true });

function Application({ list, live }: { list: ListReply; live: boolean }) {
  const hosts = useMemo(() => (list.hosts ?? []).toSorted(byName), [list]);
  const names = hosts.map(({ host }) => host);
  const { traffic, now } = useTraffic(live);
  const declared = useDeclared(live ? names.join(" ") : "");
  const topology = useMemo(() => topologyOf(hosts, declared, traffic.edges), [hosts, declared, traffic]);
  const [logsOf, setLogsOf] = useState("");
  const logs = useRef<HTMLHeadingElement>(null);
  const showLogs = (host: string) => {
    setLogsOf(host);
    logs.current?.focus();
  };
  return (
    <div class={live ? "" : "stale"}>
      <section aria-labelledby="map"><h2 id="map">Map</h2><ServiceMap topology={topology} hosts={hosts} edges={traffic.edges} /></section>
      <section aria-labelledby="hosts"><h2 id="hosts">Hosts</h2><Hosts hosts={hosts} usage={traffic.usage} now={now} show={showLogs} /></section>
      <section aria-labelledby="calls"><h2 id="calls">Calls</h2><Calls edges={traffic.edges} /></section>
      <section aria-labelledby="logs">
        <h2 id="logs" tabIndex={-1} ref={logs}>Logs</h2>
        <Logs hosts={names} host={names.includes(logsOf) ? logsOf : ""} choose={setLogsOf} />
      </section>
      <section aria-labelledby="events"><h2 id="events">Events</h2><Events /></section>
    </div>
  );
}

export function App() {
  const { list, link } = useNode();
  useEffect(() => {
    if (list?.app) document.title = `${list.app} · holon`;
  }, [list?.app]);
  return (
    <>
      <a class="skip" href="#logs">Skip to the logs</a>
      <header>
        <h1>{list?.app ?? "holon"}</h1>
        {list && <Heading list={list} />}
      </header>
      <main>
        <Notice link={link} />
        {list ? <Application list={list} live={link?.state === "live"} /> : !link && <p class="quiet">Asking the node …</p>}
      </main>
    </>
  );
}
