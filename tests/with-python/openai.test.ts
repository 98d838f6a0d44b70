/** The clients of Python, unmodified: each check of `clients.py` is a test here. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { only, type Request } from "../../src/core/engine.ts";
import { openai } from "../../src/features/openai/open.ts";
import { migrate, type OpenDatabase, openDatabase } from "../../src/storage/index.ts";
import { vaultTables } from "../../src/storage/vault/index.ts";
import { ROOT } from "../fixtures/charla.ts";
import { calling, type Saying, toy } from "../fixtures/toy.ts";
import { sealing } from "../fixtures/vault.ts";
import { type Served, serve } from "../unit/core/serve.ts";

const SCRIPT = join(ROOT, "tests/with-python/clients.py");
const names = [...readFileSync(SCRIPT, "utf8").matchAll(/@check\ndef (\w+)/g)].map(
  ([, name]) => name,
);

/**
 * Calls the tool that it is offered, says what came of it, gives a city where JSON is asked for, and
 * thinks where it is told to.
 */
function answer({ messages, extras }: Request): readonly Saying[] {
  const last = messages.at(-1);
  if (last?.toolCallId !== undefined) return [`It is ${last.content}`];
  if (last?.content.startsWith("Think:"))
    return [{ type: "text", text: "", reasoning: "They want a thought." }, "Done."];
  const [tool] = extras?.tools?.list ?? [];
  const wishes = JSON.stringify(tool?.parameters ?? extras?.grammar ?? {});
  const city = wishes.includes('"name":{') ? { name: "Cadiz" } : { city: "Cadiz" };
  if (tool) return [calling(tool.name, city, `call_${messages.length}`)];
  return [extras?.grammar ? JSON.stringify({ name: "Cadiz" }) : `You said ${last?.content}`];
}

let served: Served;
let opened: OpenDatabase;
let home: string;
const said = new Map<string, string | null>();
let rest = "";
beforeAll(async () => {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients();
  home = await mkdtemp(join(tmpdir(), "charla-clients-"));
  opened = await openDatabase(home);
  await migrate(opened.db, [vaultTables, openai]);
  served = await serve(only(toy(answer).engine), [openai], [], sealing(opened));
  const child = spawn(python, [SCRIPT, `${served.url}/v1`]);
  child.stderr.on("data", (chunk) => {
    rest += chunk;
  });
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith("{")) continue;
    const { name, failure } = JSON.parse(line);
    said.set(name, failure);
  }
}, 300_000);
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await opened.close();
  await rm(home, { recursive: true, force: true });
});

test.each(names)("%s", (name = "") => {
  expect(said.has(name), rest).toBe(true);
  expect(said.get(name)).toBeNull();
});
