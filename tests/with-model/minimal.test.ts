/** The clone as `npm run minimal` starts it. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, printed, ROOT, start } from "../fixtures/charla.ts";
import { starterModel } from "./model.ts";

it("says that it loads, listens where it is told to, and answers", async () => {
  const env = { CHARLA_MODEL: starterModel(), CHARLA_PORT: "1" };
  const child = start(process.execPath, [join(ROOT, "src/minimal.ts"), "--port", "0"], { env });
  const output = await printed(child, /http:\S+\n/);
  expect(output).toMatch(/^Loading SmolLM2\S*…\n/);
  const [url = ""] = /http:\S+/.exec(output) ?? [];
  const messages = [{ role: "user", content: "What is a noun?" }];
  const body = JSON.stringify({ messages, sampling: { maxTokens: 5 } });
  const response = await fetch(`${url}/api/chat`, { method: "POST", body });
  expect(await response.text()).toMatch(/"type":"text"[\s\S]*"type":"finish"/);
  child.kill("SIGTERM");
  await ended(child);
});
