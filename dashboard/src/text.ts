// Numbers as people read them.

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

export function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
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

/** A line of a log as people read it: one that is JSON, as holon's own are, without its quotes, and without the time. */
export function logText(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { time: _, level = "", message = "", ...rest } = JSON.parse(line) as Record<string, unknown>;
    const more = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    return [level, message, ...more].filter(Boolean).join(" ");
  } catch {
    return line;
  }
}

/** "Cart" of "shop.Cart". */
export const shortName = (contract: string) => contract.slice(contract.lastIndexOf(".") + 1);

/** "cart" of "cart.0". */
export const hostName = (replica: string) => replica.replace(/\.\d+$/, "");
