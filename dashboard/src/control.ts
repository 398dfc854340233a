// Calls of the node's Control contract: POST /control/METHOD answers with a line of JSON for each reply.
//
//   const { hosts } = await ask<ListReply>("List");
//   const stop = follow<LogLine>("Logs", { follow: true }, (lines) => show(lines), (link) => tell(link));
//
// The key comes with the link (its fragment, which no server sees) and stays in this tab: not in a cookie, which the browser
// would send to every other port of this machine too.
import type { Method } from "./contract";

const stored = "holon.dashboard.key";
const pauseMin = 500; // milliseconds
const pauseMax = 8000;

/** Takes the key, if there is one, out of the address bar, and so out of the history. */
export function takeKey(): boolean {
  const given = location.hash.slice(1);
  if (!/^[0-9a-f]{64}$/.test(given)) return false;
  sessionStorage.setItem(stored, given);
  history.replaceState(null, "", location.pathname);
  return true;
}

export class ControlError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

interface Problem {
  code: string;
  message: string;
}

async function refusal(response: Response): Promise<ControlError> {
  const text = await response.text();
  if (response.status === 401) return new ControlError("UNAUTHENTICATED", text);
  if (!response.headers.get("content-type")?.includes("json")) return new ControlError("UNKNOWN", text);
  const { code, message } = JSON.parse(text) as Problem;
  return new ControlError(code, message);
}

function parse<Reply>(line: string): Reply {
  const reply = JSON.parse(line) as Reply & { error?: Problem };
  if (reply.error) throw new ControlError(reply.error.code, reply.error.message);
  return reply;
}

/** The replies as they come, those that came together at once. */
export async function* replies<Reply>(method: Method, request: object, signal: AbortSignal): AsyncGenerator<Reply[]> {
  const response = await fetch(`/control/${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${sessionStorage.getItem(stored) ?? ""}`, "content-type": "application/json" },
    body: JSON.stringify(request),
    credentials: "omit",
    signal,
  });
  if (!response.ok) throw await refusal(response);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    if (lines.length > 0) yield lines.map(parse<Reply>);
  }
}

/** The one reply of a unary method. */
export async function ask<Reply>(method: Method, request: object = {}, signal = AbortSignal.timeout(5000)): Promise<Reply> {
  for await (const [reply] of replies<Reply>(method, request, signal)) return reply!;
  throw new ControlError("UNAVAILABLE", "there was no answer");
}

/** How a stream is: it comes; it ended and is asked for again at a time; or asking again is of no use. */
export type Link =
  | { state: "live" }
  | { state: "gone"; why: string; againAt: number }
  | { state: "refused"; code: string };

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

// Browsers grant a server six connections, of all tabs together: a tab that nobody looks at holds none, so that others
// have them.
let unseen = new AbortController();
document.addEventListener("visibilitychange", () => {
  if (document.hidden) unseen.abort();
  else unseen = new AbortController();
});

/** Resolves when the tab is looked at, or the signal says so. */
export async function whenSeen(signal: AbortSignal): Promise<void> {
  while (document.hidden && !signal.aborted) {
    await new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true });
      signal.addEventListener("abort", resolve, { once: true });
    });
  }
}

function describe(error: unknown): string {
  return error instanceof ControlError ? error.message : "it does not answer";
}

/**
 * Keeps a stream, as long as the tab is looked at: when it ends it is asked for again, after pauses that double up to 8 s.
 * @param heard  told what comes; `first`: the stream has begun anew, what came before is old
 * @returns what ends it
 */
export function follow<Reply>(
  method: Method, request: object, heard: (batch: Reply[], first: boolean) => void, told: (link: Link) => void = () => {},
): () => void {
  const ending = new AbortController();
  const run = async () => {
    for (let pause = pauseMin; !ending.signal.aborted; pause = Math.min(2 * pause, pauseMax)) {
      await whenSeen(ending.signal);
      const seen = AbortSignal.any([ending.signal, unseen.signal]);
      let why = "it has stopped";
      try {
        let first = true;
        for await (const batch of replies<Reply>(method, request, seen)) {
          if (first) told({ state: "live" });
          heard(batch, first);
          first = false;
          pause = pauseMin;
        }
      } catch (error) {
        if (ending.signal.aborted) return;
        if (seen.aborted) continue;
        const code = error instanceof ControlError ? error.code : "";
        if (code === "UNAUTHENTICATED" || code === "UNIMPLEMENTED") return told({ state: "refused", code });
        why = describe(error);
      }
      told({ state: "gone", why, againAt: Date.now() + pause });
      await sleep(pause, ending.signal);
    }
  };
  void run();
  return () => ending.abort();
}
