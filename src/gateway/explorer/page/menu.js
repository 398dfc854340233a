// The list of services and their methods, and a way to find one.

import { element, prose } from "./dom.js";

// Gives {node, choose(id)}: choose marks the method that is shown.
export function menu(api) {
  const links = new Map();
  const groups = api.services().map((service) => {
    const items = service.methods.map((method) => {
      const link = element("a", { href: `#${encodeURIComponent(method.id)}` },
        element("span", { class: `verb ${method.verb}` }, method.verb), " ",
        element("span", { class: method.deprecated ? "name deprecated" : "name" }, method.name),
        element("span", { class: "path" }, method.path));
      links.set(method.id, link);
      const text = [service.name, method.name, method.verb, method.path, method.description].join(" ").toLowerCase();
      return { text, node: element("li", {}, link) };
    });
    const node = element("section", {},
      element("h2", {}, service.name),
      prose(service.description.split("\n\n")[0]),
      element("ul", {}, items.map((item) => item.node)));
    return { node, items };
  });
  const none = element("p", { class: "quiet", role: "status" });
  const filter = (text) => {
    let shown = 0;
    for (const group of groups) {
      for (const item of group.items) item.node.hidden = !item.text.includes(text);
      const here = group.items.filter((item) => !item.node.hidden).length;
      group.node.hidden = here === 0;
      shown += here;
    }
    none.textContent = shown === 0 ? "No method fits." : "";
  };
  const search = element("input", {
    type: "search", placeholder: "Find a method", "aria-label": "Find a method",
    oninput: () => filter(search.value.trim().toLowerCase()),
  });
  const list = element("details", { open: true }, element("summary", {}, `${api.methods.length} methods`),
    search, none, groups.map((group) => group.node));
  return {
    node: list,
    choose(id) {
      for (const [key, link] of links) {
        if (key === id) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      if (matchMedia("(max-width: 800px)").matches) list.open = false;
    },
  };
}
