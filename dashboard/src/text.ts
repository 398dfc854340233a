// Numbers, times and foreign texts as people read them.
import type { Flow } from "./traffic";

const digits = (value: number) => (value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString("en"));

export const rate = (perSecond: number) => `${perSecond === 0 ? "0" : digits(perSecond)}/s`;

export function time(ns: number): string {
  if (ns === 0) return "–";
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`;
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`;
  return `${digits(ns / 1e9)} s`;
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1 %";
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** What stands on an edge. */
export const flowText = ({ perSecond, errorShare, p50Ns, p99Ns }: Flow) => ({
  calls: `${rate(perSecond)}${errorShare > 0 ? ` · ${percent(errorShare)} failed` : ""}`,
  times: `p50 ${time(p50Ns)} · p99 ${time(p99Ns)}`,
});

export function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1).replace(/\.0$/, "")} MiB`;
}

export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** "14:03:09.120" of microseconds since 1970. */
export function clock(unixUs: string | undefined): string {
  return new Date(Number(unixUs ?? 0) / 1000).toLocaleTimeString("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
  });
}

const colours = /\x1b\[[0-9;:?]*[ -/]*[@-~]/g;  // and other commands to terminals (ECMA-48, 5.4)
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g;

/**
 * What a process has written, so that it shows just what is there: without colours, and with a name in place of each character
 * that is not seen but changes how others are, as those that turn the direction of writing do.
 */
export const plain = (text: string) => text
  .replaceAll("\r\n", "\n").replace(colours, "")
  .replace(unseen, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

/** A line of a log as people read it: one that is JSON, as holon's own are, without its quotes, and without the time. */
export function logText(line: string): string {
  return plain(readable(line));
}

function readable(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { time: _, level = "", message = "", ...rest } = JSON.parse(line) as Record<string, unknown>;
    const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    const more = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
    return [level, message, ...more].filter(Boolean).join(" ");
  } catch {
    return line;
  }
}

/** How grave a line of a log is, as far as it says so itself. */
export function gravity(text: string): "error" | "warning" | "" {
  const [, word = ""] = /^\W{0,2}(fatal|critical|error|warning|warn)\b/i.exec(text) ?? [];
  if (word === "") return "";
  return word.toLowerCase().startsWith("warn") ? "warning" : "error";
}

/** "Cart" of "shop.Cart". */
export const shortName = (contract: string) => contract.slice(contract.lastIndexOf(".") + 1);

/** "cart" of "cart.0". */
export const hostName = (replica: string) => replica.replace(/\.\d+$/, "");
