// One request and what comes back, as it comes.

import { isStream, splitter } from "./stream.js";

// Calls show.head(head) once, then show.message(message) for each message of a stream, or show.body(blob); throws when the
// request fails on its way, an AbortError when signal stops it. Gives {bytes, milliseconds}.
export async function exchange({ verb, target, headers, body }, signal, show) {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const response = await fetch(target, { method: verb, headers, body, signal, credentials: "same-origin", redirect: "manual" });
  const type = response.headers.get("content-type") ?? "";
  show.head({ status: response.status, reason: response.statusText, redirected: response.type === "opaqueredirect", type,
              headers: [...response.headers], milliseconds: elapsed() });
  if (!isStream(type)) {
    const whole = await response.blob();
    show.body(whole);
    return { bytes: whole.size, milliseconds: elapsed() };
  }
  const bytes = await readStream(response.body, splitter(type), (message) => show.message(message, elapsed()));
  return { bytes, milliseconds: elapsed() };
}

async function readStream(stream, split, onMessage) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
    for (const message of split(text, done)) onMessage(message);
    if (done) return bytes;
    bytes += value.length;
  }
}
