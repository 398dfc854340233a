// What is not seen here, where an application has several nodes: each tells of its own hosts.
export function Elsewhere({ nodes }: { nodes: string[] }) {
  if (nodes.length === 0) return null;
  const list = new Intl.ListFormat("en").format(nodes);
  return <p class="quiet elsewhere">Of this node's hosts alone. What those of {list} do and say is on the dashboard there.</p>;
}
