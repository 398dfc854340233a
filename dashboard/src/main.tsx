import { render } from "preact";

import { App } from "./app";
import { takeKey } from "./control";
import "./style.css";

takeKey();
addEventListener("hashchange", () => {
  if (takeKey()) location.reload(); // another link was opened in this tab
});
render(<App />, document.getElementById("app")!);
