/** `charla eval ask` and `table` on a model that runs: a small one of another architecture. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { charla, temporary } from "../../fixtures/charla.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";

const SET = [
  "question,reference,choice,choice2,answer",
  "What is the capital of Peru?,Lima,,,",
  "Which is a fruit?,,apple,stone,apple",
];

test("questions are asked, judged and shown in a table with pictures", async () => {
  const home = temporary();
  const [model, set, text] = ["tiny.gguf", "mine.csv", "fox.txt"].map((name) =>
    join(home, name),
  ) as [string, string, string];
  writeGpt2(model, 1, { embedding: 64, context: 1024 });
  writeFileSync(set, SET.join("\n"));
  writeFileSync(text, "The quick brown fox jumps over the lazy dog. ".repeat(60));
  const env = { CHARLA_HOME: join(home, "data"), CHARLA_ENGINE: "llama" };
  const evaluate = (...args: string[]) => charla(["eval", ...args], { env });

  const asked = await evaluate(
    "ask",
    "--set",
    set,
    "--model",
    model,
    "--max-tokens",
    "8",
    "--json",
  );
  expect(asked.code, asked.stderr).toBe(0);
  const report = JSON.parse(asked.stdout);
  const [{ questions, answers }] = report.models;
  expect(questions[0]).toMatchObject({ asked: 2, failed: 0, choice: { chance: 0.5 } });
  expect(questions[0].contained).toMatchObject({ of: 1 });
  expect(questions[0].whole.p95).toBeGreaterThan(0);
  expect(answers[0].tokens).toBeGreaterThan(0);
  expect(answers[1].choices).toHaveLength(2);
  expect(["apple", "stone"]).toContain(answers[1].answer);

  const out = join(home, "out");
  const table = ["table", "--base", model, "--types", "F32,F16", "--text", text, "--no-questions"];
  const shown = await evaluate(...table, "--out", out);
  expect(shown.code, shown.stderr).toBe(0);
  const rows = shown.stdout.split("\n").filter((line) => line.includes(".gguf |"));
  expect(rows.map((row) => row.split(" | ")[3])).toEqual(["F32", "F16"]);
  for (const name of ["table.md", "table.csv", "table.json", "perplexity-all.svg", "speed.svg"])
    expect(existsSync(join(out, name)), name).toBe(true);
  const { rows: found } = JSON.parse(readFileSync(join(out, "table.json"), "utf8"));
  for (const row of found) {
    expect(row).toMatchObject({ architecture: "gpt2" });
    expect(row.prefill).toBeGreaterThan(0);
    expect(row.memoryBytes).toBeGreaterThan(1e6);
  }
  expect(found[0].parameters).toBe(found[1].parameters);
  expect(Math.abs(found[1].ratio.value - 1)).toBeLessThan(0.01);

  // What was measured is not measured again.
  const again = await evaluate(...table);
  expect(again.stderr).not.toContain("measuring");
  expect(again.stdout).toBe(shown.stdout);
}, 600_000);
