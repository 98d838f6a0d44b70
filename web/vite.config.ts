/**
 * Builds the page into `dist/web/`: `index.html` is the full page, `minimal.html` the core alone,
 * `browser.html` the core with a model in the browser, and `verifier.html` the offline verifier, which people save.
 */
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget, compressed, listed, oneFile, onlyWoff2, preloaded } from "./build.ts";

const root = import.meta.dirname;

export default defineConfig({
  root,
  plugins: [
    react(),
    tailwind(),
    onlyWoff2(),
    preloaded({ document: "index.html", fonts: /(inter|source-serif-4)-latin-wght-normal/ }),
    oneFile({ folder: `${root}/src/panels/provenance/verifier`, name: "verifier.html" }),
    listed({
      modules:
        /\/src\/(chat\/spanish|panels\/(offline\/(OfflinePage|home|Away)|markdown\/Rendered))\.tsx?$/,
      workers: /\/(take|wllama\.threads)\.worker-/,
      name: "offline-files.json",
    }),
    compressed(),
    budget({ document: "index.html", gzipBytes: 142_000 }),
  ],
  // For browsers it decodes `&lt;` by way of `innerHTML`, which Trusted Types forbid; else by a table.
  resolve: {
    alias: {
      "decode-named-character-reference": `${root}/../node_modules/decode-named-character-reference/index.js`,
    },
  },
  build: {
    outDir: `${root}/../dist/web`,
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // The Content-Security-Policy allows fonts and scripts from the server only, not from `data:`.
    assetsInlineLimit: 0,
    // Every chunk's size is judged by the budget below; the grammars are large and lazy.
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: [`${root}/index.html`, `${root}/minimal.html`, `${root}/browser.html`],
    },
  },
});
