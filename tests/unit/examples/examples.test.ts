/** The examples are copied among the features, used, and taken out again, so that they stay true. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { ended, printed, ROOT, start, temporary } from "../../fixtures/charla.ts";
import { copyOf, plugIn, takeOut } from "../../fixtures/plugged.ts";

// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the test finds out
type Json = any;

/** Starts the copy's server with the scripted engine. */
async function served(copy: string) {
  const options = { env: { CHARLA_HOME: temporary() }, input: "" };
  const cli = join(copy, "src/cli.ts");
  const server = start(process.execPath, [cli, "serve", "--port", "0"], options);
  const [url = ""] = /http:\S+/.exec(await printed(server, /http:\S+\n/)) ?? [];
  const send = (method: string, path: string, body?: unknown) =>
    fetch(url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return {
    send,
    json: async (method: string, path: string, body?: unknown): Promise<Json> =>
      (await send(method, path, body)).json(),
    async stop() {
      server.kill("SIGTERM");
      expect((await ended(server)).code).toBe(0);
    },
  };
}

test("a folder and a line on the server: types, a command, steps, routes, rights", async () => {
  const copy = copyOf("src", "web/src/rooms.ts", "package.json", "tsconfig.json");
  for (const name of ["shout", "prompts"]) plugIn(copy, name);

  const only = { extends: "./tsconfig.json", include: ["src"] };
  writeFileSync(join(copy, "src.json"), JSON.stringify(only));
  const tsc = [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "src.json"];
  const types = await ended(start(process.execPath, tsc, { cwd: copy }));
  expect(types.code, types.stdout).toBe(0);

  const shout = [join(copy, "src/cli.ts"), "shout", "hello"];
  const said = await ended(start(process.execPath, shout, { input: "" }));
  expect(said).toEqual({ code: 0, stdout: "HELLO\n", stderr: "" });

  const server = await served(copy);
  const messages = [{ role: "user", content: "hello!!" }];
  expect(await (await server.send("POST", "/api/chat", { messages })).text()).toContain("HELLO!!");
  expect(await server.json("GET", "/api/shout")).toEqual({ answers: 1, example: "HELLO" });

  const text = "Sum this up in three lines:";
  const kept = await server.json("POST", "/api/prompts", { text: `  ${text} ` });
  await server.json("POST", "/api/prompts", { text: "What is missing here?" });
  const { items } = await server.json("GET", "/api/prompts");
  expect(items).toEqual([{ id: expect.any(String), text: "What is missing here?" }, kept]);
  expect(kept.text).toBe(text);
  const empty = await server.json("POST", "/api/prompts", { text: " " });
  expect(empty.error).toMatchObject({ code: "invalid_value", param: "text" });
  const document = await server.json("GET", "/openapi.json");
  expect(Object.keys(document.paths["/api/prompts"])).toEqual(["get", "post"]);

  expect((await server.send("DELETE", `/api/prompts/${items[0].id}`)).status).toBe(204);
  const twice = await server.json("DELETE", `/api/prompts/${items[0].id}`);
  expect(twice.error).toMatchObject({ code: "prompt_not_found" });

  const archive = await server.send("POST", "/api/rights/export", {});
  const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
  expect(strFromU8(files["prompts/prompts.json"] ?? new Uint8Array())).toContain(text);
  const { erased } = await server.json("POST", "/api/rights/erase", { confirm: "ERASE" });
  expect(erased).toContainEqual(expect.objectContaining({ what: "prompts", count: 1 }));
  expect(await server.json("GET", "/api/prompts")).toEqual({ items: [] });
  await server.stop();

  takeOut(copy, "shout", "prompts");
  const without = await served(copy);
  expect((await without.send("GET", "/api/prompts")).status).toBe(404);
  expect((await without.json("GET", "/api/features")).prompts).toBeUndefined();
  await without.stop();
});
