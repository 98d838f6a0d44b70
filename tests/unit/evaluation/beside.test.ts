/** `charla eval` beside the server that has the data folder: begun, listed, shown and deleted there. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { charla, ended, serve, temporary } from "../../fixtures/charla.ts";

test("a run is done by the server, and what it cannot do is said", async () => {
  const env = { CHARLA_HOME: temporary() };
  const { child } = await serve(["--port", "0"], { env });
  const set = join(temporary(), "two.csv");
  writeFileSync(set, "question,answer\nSay Ottawa.,Ottawa\nSay Lima.,Quito\n");
  const asked = await charla(["eval", "ask", "--set", set, "--json"], { env });
  expect(asked).toMatchObject({ code: 0 });
  const report = JSON.parse(asked.stdout);
  expect(report).toMatchObject({
    state: "done",
    plan: { kind: "ask", source: { name: "two.csv" } },
  });
  // The scripted engine repeats what it was asked.
  expect(report.models[0].questions[0].contained).toMatchObject({ hits: 1, of: 2 });

  const id = report.id.slice(0, 8);
  const shown = await charla(["eval", "show", id], { env });
  expect(shown.stdout).toContain("50.0 % [9.5, 90.5]");
  const table = await charla(["eval", "table", "--runs", id, "--format", "csv"], { env });
  expect(table.stdout).toMatch(/^Model,/);
  expect((await charla(["eval"], { env })).stdout).toContain(id);

  const score = await charla(["eval", "perplexity", "--text", set, "--context", "16"], { env });
  expect(score.code).toBe(1);
  expect(score.stderr).toContain("does not tell how likely");
  const path = await charla(["eval", "ask", "--set", set, "--model", "./some.gguf"], { env });
  expect(path.code).toBe(1);
  expect(path.stderr).toContain("measures its own models only");

  expect(await charla(["eval", "rm", id], { env })).toMatchObject({ code: 0 });
  expect((await charla(["eval", "list", "--json"], { env })).stdout).not.toContain(report.id);
  child.kill("SIGTERM");
  await ended(child);
}, 120_000);
