// Doors: what has come through those of hosts just now, how much of it they let run at a time, and what they turn away.
import type { Door, HostUsage } from "./contract";
import { hostName, rate } from "./text";

export type Usage = Map<string, HostUsage>; // by host

interface Crowd {
  running: number;
  waiting: number;
  limit: number; // 0: none is needed
}

function sumOf(doors: Door[]): Crowd {
  const sum = { running: 0, waiting: 0, limit: 0 };
  for (const { running = "0", waiting = "0", limit = 0 } of doors) {
    sum.running += Number(running);
    sum.waiting += Number(waiting);
    sum.limit += limit;
  }
  return sum.limit >= sum.running ? sum : { ...sum, limit: 0 }; // else some of its loops have none
}

function crowdText({ running, waiting, limit }: Crowd): string {
  return `${running}${limit > 0 ? ` of at most ${limit.toFixed(1)}` : ""} run, ${waiting} wait`;
}

/** Hosts that could not take all calls of the last half second, with their doors in words. */
export const crowded = (usage: Usage) => [...usage.values()]
  .filter(({ turnedAwayPerSecond = 0 }) => turnedAwayPerSecond > 0)
  .map(({ host, turnedAwayPerSecond = 0, doors = [] }) => ({ host, turnedAway: turnedAwayPerSecond, doors: crowdText(sumOf(doors)) }));

/** Of each replica that has a service. */
export const doorsOf = (contract: string, usage: Usage) => [...usage.values()].flatMap(({ host, doors = [], turnedAwayPerSecond = 0 }) => {
  const own = doors.filter(({ service }) => service === contract);
  if (own.length === 0) return [];
  return [`${host}: ${crowdText(sumOf(own))}${turnedAwayPerSecond > 0 ? `, ${rate(turnedAwayPerSecond)} turned away` : ""}`];
});

/** "at most 9.5": how many calls the replicas of a host let run, if they have learnt that they must not let all; else empty. */
export function limitOf(name: string, usage: Usage): string {
  const replicas = [...usage.values()].filter(({ host }) => hostName(host) === name);
  const limits = replicas.map(({ doors = [] }) => sumOf(doors).limit).filter((limit) => limit > 0);
  return limits.length > 0 ? `at most ${limits.reduce((sum, limit) => sum + limit, 0).toFixed(1)}` : "";
}
