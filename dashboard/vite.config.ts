// The page as the node embeds it: a few files with plain names, the same bytes from the same sources and lock file.
import { defineConfig } from "vite";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    outDir: process.env.DASHBOARD_OUT ?? "../src/node/dashboard/page",
    emptyOutDir: true,
    assetsDir: "",
    target: "es2022",
    modulePreload: false,
    rollupOptions: {
      output: { entryFileNames: "dashboard.js", assetFileNames: "dashboard[extname]" },
    },
  },
});
