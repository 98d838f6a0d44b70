/** The clients of Python, unmodified: each check of `clients.py` is a test here. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { only, type Request } from "../../src/core/engine.ts";
import { openai } from "../../src/features/openai/open.ts";
import { migrate, type OpenDatabase, openDatabase } from "../../src/storage/index.ts";
import { vaultTables } from "../../src/storage/vault/index.ts";
import { calling, type Saying, toy } from "../fixtures/toy.ts";
import { sealing } from "../fixtures/vault.ts";
import { type Served, serve } from "../unit/core/serve.ts";
import { checked, checksIn, type Said } from "./checks.ts";

const SCRIPT = "clients.py";

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
let said: Said;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-clients-"));
  opened = await openDatabase(home);
  await migrate(opened.db, [vaultTables, openai]);
  served = await serve(only(toy(answer).engine), [openai], [], sealing(opened));
  said = await checked(SCRIPT, [`${served.url}/v1`]);
}, 300_000);
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await opened.close();
  await rm(home, { recursive: true, force: true });
});

test.each(checksIn(SCRIPT))("%s", (name) => said.expect(name));
