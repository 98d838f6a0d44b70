/**
 * The clone itself, with no feature: one model, one endpoint, one page. `npm run minimal` starts
 * it, and `npm run count` counts it. The whole product is `app.ts`.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { chatRoutes } from "./core/chat.ts";
import { only } from "./core/engine.ts";
import { createServer } from "./core/http.ts";
import { askEngine } from "./core/turn.ts";
import { startLlama } from "./engines/llama/index.ts";

const { CHARLA_MODEL: path, CHARLA_PORT = "8080" } = process.env;
const { values } = parseArgs({ options: { port: { type: "string", default: CHARLA_PORT } } });
if (!path) {
  console.error("Set CHARLA_MODEL to the path of a GGUF file.");
  process.exit(2);
}

const name = basename(path, ".gguf");
console.log(`Loading ${name}…`);
const run = askEngine(only(await startLlama({ path, id: name, name })));
const app = createServer(chatRoutes(run), {
  page: fileURLToPath(new URL("../dist/web", import.meta.url)),
  document: "minimal.html",
  log: (line, error) => console.error(line, error ?? ""),
});
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(values.port) }, ({ port }) => {
  console.log(`Charla (core): http://127.0.0.1:${port}`);
});
