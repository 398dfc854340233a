// Messages out of an answer that is a stream: newline-delimited JSON, or server-sent events.

export function isStream(type) {
  return /^(application\/(x-ndjson|jsonl)|text\/event-stream)\b/.test(type);
}

// Feeds pieces of text, gives the messages that are complete: [{kind: "message", text}].
export function splitter(type) {
  return type.startsWith("text/event-stream") ? eventSplitter() : lineSplitter();
}

function lineSplitter() {
  let rest = "";
  return (text, atEnd = false) => {
    const lines = (rest + text).split("\n");
    rest = atEnd ? "" : lines.pop();
    return lines.filter((line) => line.trim() !== "").map((line) => ({ kind: "message", text: line }));
  };
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html; an event without its blank line was cut off, and is dropped.
function eventSplitter() {
  let rest = "";
  let event = { kind: "message", data: [] };
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    const messages = [];
    for (const line of lines) {
      if (line === "") {
        if (event.data.length > 0) messages.push({ kind: event.kind, text: event.data.join("\n") });
        event = { kind: "message", data: [] };
        continue;
      }
      const [, name, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
      if (name === "data") event.data.push(value ?? "");
      if (name === "event") event.kind = value ?? "message";
    }
    return messages;
  };
}
