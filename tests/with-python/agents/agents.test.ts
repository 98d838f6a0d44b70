/** Agents of OpenAI's SDK and its newest client, and Open Responses: each check of `check.py` is a test here. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only, type Request } from "../../../src/core/engine.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { checked, checksIn, type Said } from "../checks.ts";

const SCRIPT = "agents/check.py";

/** Calls what it is offered, one after the other, and then says what came of it. */
function answer({ messages, extras }: Request): readonly Saying[] {
  const asked = messages.findLastIndex(
    ({ role, toolCallId, source }) => role === "user" && toolCallId === undefined && !source,
  );
  const results = messages
    .slice(asked + 1)
    .flatMap(({ toolCallId, content }) => (toolCallId === undefined ? [] : unmarked(content)));
  const next = extras?.tools?.list[results.length];
  const id = `call_${messages.length}`;
  if (next?.name === "file_search") return [calling(next.name, { queries: ["boat"] }, id)];
  if (results.some((one) => one.includes("azul marino"))) return ["It is azul marino [1]."];
  if (next?.name === "pack") return [calling(next.name, { weather: results.at(-1) }, id)];
  if (next?.name === "get_weather") return [calling(next.name, { location: "Cadiz" }, id)];
  if (next) return [calling(next.name, { city: "Cadiz" }, id)];
  if (extras?.grammar) return [JSON.stringify({ name: "Cadiz" })];
  return [results.length > 0 ? `It is ${results.at(-1)}` : `You said ${messages[asked]?.content}`];
}

/** What a tool has said, without the marks that the guard puts around it, whose digits are drawn. */
const unmarked = (content: string) =>
  content
    .split("\n")
    .map((line) => line.replace(/^(\^[0-9a-f]+ )+/, ""))
    .filter((line) => !/^(begin|end) of tool/.test(line))
    .join(" ")
    .trim();

let app: App;
let said: Said;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-agents-"));
  const { engine } = toy(answer);
  const config = readConfig({ home, accounts: "off", port: 0, engine: "scripted" }, {});
  app = await startApp(config, () => {}, { engines: only(engine) });
  said = await checked(SCRIPT, [new URL("/v1", app.url).href], "agents/requirements.txt");
}, 300_000);
afterAll(async () => {
  await app.stop();
  await rm(home, { recursive: true, force: true });
});

test.each(checksIn(SCRIPT))("%s", (name) => said.expect(name));
