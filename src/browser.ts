/**
 * The clone in a browser tab: this serves the page and the two files that answer in it, and nothing else.
 * `npm run minimal:browser` starts it; once the page is loaded, it is not needed any more.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { createServer } from "./core/http.ts";
import { type Route, route } from "./core/route.ts";
import { policyOf } from "./server/policies.ts";

const { CHARLA_MODEL: path, CHARLA_PORT = "8080" } = process.env;
const { values } = parseArgs({ options: { port: { type: "string", default: CHARLA_PORT } } });
if (!path) {
  console.error("Set CHARLA_MODEL to the path of a GGUF file.");
  process.exit(2);
}

const wasm = fileURLToPath(import.meta.resolve("@wllama/wllama/esm/wasm/wllama.wasm"));
const file = (name: string, path: string): Route =>
  route({
    method: "get",
    path: `/files/${name}`,
    summary: "Sends what answers in the page.",
    handle: () => new Response(Readable.toWeb(createReadStream(path)) as ReadableStream),
  });
const app = createServer([file("engine.wasm", wasm), file("model.gguf", path)], {
  page: fileURLToPath(new URL("../dist/web", import.meta.url)),
  document: "browser.html",
  policy: policyOf,
  log: (line, error) => console.error(line, error ?? ""),
});
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(values.port) }, ({ port }) => {
  console.log(`Charla (in the browser): http://127.0.0.1:${port}`);
});
