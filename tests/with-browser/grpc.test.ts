/** A page of another program's speaks gRPC-Web with Charla, by Connect's own client, from an origin that is named. */
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import descriptors from "../../src/features/grpc/descriptors.json" with { type: "json" };
import { ROOT } from "../fixtures/charla.ts";
import { open, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const folder = (name: string) => `/node_modules/${name}/dist/esm/`;
const NAMES = ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-web"];
const imports = Object.fromEntries(
  NAMES.flatMap((name) => [
    [name, `${folder(name)}index.js`],
    [`${name}/`, folder(name)],
  ]),
);

/** What somebody else's page may look like: it keeps what it is told in `seen`. */
const PAGE = `<!doctype html><title>A page</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
  import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
  import { createClient } from "@connectrpc/connect";
  import { createGrpcWebTransport } from "@connectrpc/connect-web";
  const bytes = Uint8Array.from(atob("${descriptors.join("")}"), (one) => one.charCodeAt(0));
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  const leaving = new AbortController();
  window.seen = [];
  window.leave = () => leaving.abort();
  window.ask = async (baseUrl, role) => {
    const chat = createClient(registry.getService("charla.v1.Chat"), createGrpcWebTransport({ baseUrl }));
    const asked = { messages: [{ role, content: "Hi" }] };
    try {
      for await (const { delta } of chat.answer(asked, { signal: leaving.signal }))
        window.seen.push(delta.case === "text" ? delta.value.text : delta.case);
    } catch (error) {
      window.seen.push("error " + error.code);
    }
  };
</script>`;

/** A server of that page and of the packages that it is made of. */
async function elsewhere(): Promise<number> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://page").pathname);
    if (path === "/") return response.setHeader("content-type", "text/html").end(PAGE);
    const file = join(ROOT, path);
    const found = path.startsWith("/node_modules/") && statSync(file, { throwIfNoEntry: false });
    if (!found) return response.writeHead(404).end();
    // Where a package names a folder, its file is what is meant.
    if (found.isDirectory()) return response.writeHead(302, { location: `${path}/index.js` }).end();
    return response.setHeader("content-type", "text/javascript").end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const seen = (page: Page) => page.evaluate<string[]>("window.seen");
const ask = (page: Page, url: string, role: string) =>
  page.evaluate(`void ask("${url}", "${role}")`);

test("an answer comes piece by piece, an error with its code, and leaving stops the model", async () => {
  const port = await elsewhere();
  const env = { CHARLA_GRPC_PORT: "0", CHARLA_ORIGINS: `http://127.0.0.1:${port}` };
  await using server = await serve({
    env,
    script: { reply: () => "word ".repeat(100_000), tokenMs: 20 },
  });
  const busy = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return /^charla_engine_slots_busy\{.*\} (\d+)/m.exec(text)?.[1];
  };
  const named = await open(`http://127.0.0.1:${port}/`);
  await ask(named.page, server.url, "robot");
  // An invalid argument.
  await expect.poll(() => seen(named.page)).toEqual(["error 3"]);
  await ask(named.page, server.url, "user");
  await expect.poll(() => seen(named.page)).toContain("word");
  expect(await busy()).toBe("1");
  await named.page.evaluate("leave()");
  await expect.poll(busy).toBe("0");
  expect(named.faults).toEqual([]);

  // The same page by a name that is not named.
  const other = await open(`http://localhost:${port}/`);
  await ask(other.page, server.url, "user");
  await expect.poll(() => seen(other.page)).toEqual([expect.stringMatching(/^error /)]);
  await Promise.all([named.close(), other.close()]);
});
