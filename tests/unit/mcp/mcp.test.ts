/** Charla as a server of tools: by the official client, in both eras of MCP, with what a key is made for. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Scope } from "../../../src/core/access.ts";
import { ROOT, temporary } from "../../fixtures/charla.ts";
import { type Browser, type Place, serve } from "../../fixtures/shared-mode.ts";

const run = promisify(execFile);

/** A client of a program that has a key for these scopes. */
async function connected(
  place: Place,
  person: Browser,
  scopes: readonly Scope[],
  mode: "auto" | "legacy" = "auto",
) {
  const { secret } = await person.must("POST", "/api/auth/keys", { name: "k", scopes, days: 1 });
  const client = new Client(
    { name: "test", version: "1" },
    mode === "auto" ? { versionNegotiation: { mode } } : {},
  );
  const transport = new StreamableHTTPClientTransport(new URL("/mcp", place.origin), {
    authProvider: { token: async () => secret },
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const names = async () => (await client.listTools()).tools.map(({ name }) => name).sort();
  const call = async (name: string, given: object = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: { ...given } });
    const [part] = content;
    return { text: part?.type === "text" ? part.text : "", failed: isError === true };
  };
  return { client, names, call };
}

const ALL = ["ask", "read_chat", "search_chats", "search_files", "verify_text"];

test.each(["auto", "legacy"] as const)(
  "a key uses what it was made for, of its own person's (%s)",
  async (mode) => {
    const place = await serve();
    const ana = await place.administrator();
    const bea = await place.join(ana, "bea@example.org");
    const chat = await ana.must("POST", "/api/conversations", {});
    const turn = { content: "The invoice of March is late", parentId: null };
    const at = `/api/conversations/${chat.id}`;
    const { answer } = await ana.must("POST", `${at}/turns`, turn);
    await ana.call("GET", `${at}/messages/${answer.id}/stream`);
    const { id: file } = await ana.must("POST", "/api/files?name=boat.txt&keep=true", [
      "The boat is painted in azul marino.",
    ]);
    const state = async () => (await ana.must("GET", `/api/files/${file}`)).state;
    await expect.poll(state, { timeout: 60_000 }).toBe("ready");

    const every = ["chat", "conversations:read", "files:read"] as const;
    const hers = await connected(place, ana, every, mode);
    expect(await hers.names()).toEqual(ALL);
    const { tools } = await hers.client.listTools();
    expect(tools.find(({ name }) => name === "search_chats")).toMatchObject({
      title: "Search my chats",
      annotations: { readOnlyHint: true },
      inputSchema: { type: "object", required: ["words"] },
    });
    const found = await hers.call("search_chats", { words: "invoice March" });
    expect(found.text).toContain(chat.id);
    const read = await hers.call("read_chat", { id: chat.id });
    expect(read.text).toContain("Person: The invoice of March is late");
    const passage = await hers.call("search_files", { question: "colour of the boat" });
    expect(passage.text).toContain("azul marino");
    const asked = await hers.call("ask", { question: "Say hello" });
    expect(asked).toMatchObject({ text: expect.stringContaining("Say hello"), failed: false });
    // The scripted engine has no words of a model's.
    expect((await hers.call("verify_text", { text: "hello" })).failed).toBe(true);
    const wrong = await hers.call("read_chat", { id: 7 });
    expect(wrong).toMatchObject({ failed: true, text: expect.stringContaining("do not fit") });
    expect((await hers.call("read_chat", { id: "none" })).failed).toBe(true);

    // Another person finds nothing of hers, by no id.
    const other = await connected(place, bea, every, mode);
    expect((await other.call("search_chats", { words: "invoice" })).text).toContain("No other");
    const foreign = await other.call("read_chat", { id: chat.id });
    expect(foreign.failed).toBe(true);
    expect(foreign.text).not.toContain("invoice");
    expect((await other.call("search_files", { question: "boat" })).text).not.toContain("marino");

    const narrow = await connected(place, ana, ["conversations:read"], mode);
    expect(await narrow.names()).toEqual(["read_chat", "search_chats"]);
    const refused = await narrow.call("ask", { question: "hello" });
    expect(refused).toMatchObject({ failed: true, text: expect.stringContaining("no tool ask") });
  },
);

test("nobody is let in without a key, and the policy can close it", async () => {
  const place = await serve();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const headers = { "content-type": "application/json", accept: "application/json" };
  const reply = await fetch(`${place.origin}/mcp`, { method: "POST", headers, body });
  expect(reply.status).toBe(401);
  const closed = await serve({ policy: "[mcp]\nenabled = false\n" });
  const ana = await closed.administrator();
  expect((await ana.call("POST", "/mcp", {})).status).toBe(404);
});

test("the example lists and uses the tools as it stands, without accounts", async () => {
  const app = await startApp(
    readConfig({ home: temporary(), port: 0, engine: "scripted" }, {}),
    () => {},
  );
  onTestFinished(() => app.stop());
  const example = async (...given: string[]) => {
    const script = join(ROOT, "examples/agents/mcp.mjs");
    const env = { ...process.env, CHARLA_URL: app.url };
    return (await run(process.execPath, [script, ...given], { env })).stdout;
  };
  expect((await example()).trim().split("\n")).toHaveLength(ALL.length);
  expect(await example("ask", '{"question":"hello"}')).toBe("You said: hello\n");
});
