// Pulse: what is asked of the node every other second, one question after the other: what flows, what is used, what happened.
// These are no streams, and so there are two in all (what runs, and logs): a browser grants six connections to all tabs
// together.
import { useEffect, useState } from "preact/hooks";

import type { CallsReply, EdgeUsage, HostUsage, NodeEvent, TopReply } from "./contract";
import { ask, replies, whenSeen } from "./control";
import { Gauge } from "./load";
import { Meter, type Traffic } from "./traffic";

const pauseMs = 1500; // a look at what is used takes half a second
const eventsKept = 200;

export interface Pulse {
  traffic: Traffic;
  usage: Map<string, HostUsage>;
  between: EdgeUsage[];
  elsewhere: string[]; // nodes whose hosts are in none of these: they tell of themselves
  events: NodeEvent[]; // the oldest first
  now: number;
  answers: boolean; // a node that is stopped or overloaded keeps its connections, but does not answer
}
const none: Pulse = {
  traffic: { edges: [], served: new Map() }, usage: new Map(), between: [], elsewhere: [], events: [], now: Date.now(), answers: true,
};

async function eventsSince(last: number): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  const since = { sinceUnixMs: `${Math.floor(last / 1000)}` };
  for await (const batch of replies<NodeEvent>("Events", since, AbortSignal.timeout(5000))) events.push(...batch);
  return events.filter(({ unixUs }) => Number(unixUs) > last);
}

async function beat(meter: Meter, gauge: Gauge, old: Pulse): Promise<Pulse> {
  const traffic = meter.add(await ask<CallsReply>("Calls"), Date.now());
  const top = await ask<TopReply>("Top");
  const usage = gauge.add(top);
  const came = await eventsSince(Number(old.events.at(-1)?.unixUs ?? 0));
  const { edges = [], elsewhere = [] } = top;
  return { traffic, usage, between: edges, elsewhere, events: [...old.events, ...came].slice(-eventsKept), now: Date.now(), answers: true };
}

/** As long as the node is there; what was known last, when it is not. */
export function usePulse(live: boolean): Pulse {
  const [pulse, setPulse] = useState(none);
  useEffect(() => {
    if (!live) return;
    const meter = new Meter();
    const gauge = new Gauge();
    const ending = new AbortController();
    const run = async () => {
      for (let last = none; !ending.signal.aborted;) {
        await whenSeen(ending.signal);
        last = await beat(meter, gauge, last).catch(() => ({ ...last, answers: false }));
        if (!ending.signal.aborted) setPulse((old) => (last.answers ? last : { ...old, now: Date.now(), answers: false }));
        await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
      }
    };
    void run();
    return () => ending.abort();
  }, [live]);
  return pulse;
}
