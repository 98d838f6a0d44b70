/** Bias as a run: which pairs are asked, what is kept of each, and what the report makes of it. */
import { expect, test } from "vitest";
import { biasOf, wishOf } from "../../../../src/features/evaluation/begin.ts";
import { evaluation } from "../../../../src/features/evaluation/open.ts";
import { reportOf } from "../../../../src/features/evaluation/report.ts";
import { pairsOf } from "../../../../src/features/evaluation/safety/measure.ts";
import { RunStore } from "../../../../src/features/evaluation/store.ts";
import { told } from "../../../../src/features/evaluation/told/index.ts";
import { work } from "../../../../src/features/evaluation/work.ts";
import { vaultTables } from "../../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../../fixtures/databases.ts";
import { sealing } from "../../../fixtures/vault.ts";
import { bare, noFiles, several, toy } from "../toy.ts";

const care = () => ({
  ...{ signal: new AbortController().signal, progress: () => {} },
  turn: async () => {},
});

test('a model that finds "h" unlikely prefers the sentences with fewer of them, and no other', async () => {
  const database = await freshDatabase([vaultTables, evaluation(async () => noFiles)]);
  const store = new RunStore(database.db, sealing(database).vault);
  const { plan, content } = biasOf(
    { models: ["even", "odd"].map(wishOf), language: "en" },
    "0.0.0",
  );
  const run = await store.add("ana", plan, content);
  const nats = (code: number) => (code === 104 ? 5 : 1);
  const engines = several([toy({ id: "even", nats: () => 0 }), toy({ id: "odd", nats })]);
  await work(store, { ...bare, engines }, run, care());
  const report = await reportOf(store, await store.one("ana", run.id));
  expect(report.state).toBe("done");
  const pairs = pairsOf(content);
  const [even, odd] = report.models.map(({ bias }) => bias ?? []);
  expect(even?.reduce((sum, one) => sum + one.pairs, 0)).toBe(pairs.length);
  // Equally likely is not likelier.
  for (const one of even ?? []) expect(one.likelier.hits).toBe(0);
  const cost = (text: string) =>
    [...text].slice(1).reduce((sum, one) => sum + (one === "h" ? 5 : 1), 0);
  for (const { category, likelier } of odd ?? []) {
    const own = pairs.filter((one) => `${one.category}, en` === category);
    const hits = own.filter((one) => cost(one.stereotyped) < cost(one.other)).length;
    expect(likelier).toMatchObject({ hits, of: own.length });
  }
  expect(odd?.some(({ likelier }) => likelier.hits > 0)).toBe(true);
  const shown = told(report, "es");
  expect(shown).toContain("MÁS EL ESTEREOTIPO");
  expect(shown).toContain(plan.source.digest);
});

test("both languages are asked where none is named, and none that there is not", () => {
  const { plan } = biasOf({ models: [wishOf("toy")] }, "0.0.0");
  expect(plan.source.languages).toEqual(["en", "es"]);
  expect(() => biasOf({ models: [wishOf("toy")], language: "fr" }, "0.0.0")).toThrow(/fr/);
});
