// Elements without innerHTML: whatever a server says stays text.

// element("button", {type: "button", class: "plain", onclick: send}, "Send")
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

// A label above its control, and what there is to say about it below.
let labelled = 0;
export function field(label, control, note) {
  const id = `field-${++labelled}`;
  control.id = id;
  if (note) control.setAttribute("aria-describedby", `${id}-note`);
  return element("div", { class: "field" },
    element("label", { for: id }, label),
    control,
    note && element("div", { class: "note", id: `${id}-note` }, prose(note)));
}

// Comments of contracts: paragraphs, lists by "-", and `code`.
export function prose(text) {
  return text.trim().split(/\n\s*\n/).map((block) => {
    const lines = block.split("\n");
    const first = lines.findIndex((line) => line.startsWith("- "));
    if (first < 0) return element("p", {}, spans(lines.join(" ")));
    const items = lines.slice(first).map((line) => element("li", {}, spans(line.replace(/^- /, ""))));
    return [first > 0 && element("p", {}, spans(lines.slice(0, first).join(" "))), element("ul", {}, items)];
  }).flat();
}

function spans(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}
