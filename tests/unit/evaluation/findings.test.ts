/** What is told of a model's bias elsewhere: of runs that are done and asked both, with and without. */
import { expect, test } from "vitest";
import { biasOf } from "../../../src/features/evaluation/begin.ts";
import { biasFindings } from "../../../src/features/evaluation/findings.ts";
import { RunStore } from "../../../src/features/evaluation/store.ts";
import { migrations } from "../../../src/features/evaluation/tables.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

test("a run is told whose both models are meant, once it is done, to its owner", async () => {
  const { db, vault } = sealing(
    await freshDatabase([vaultTables, { name: "evaluation", migrations }]),
  );
  const store = new RunStore(db, vault);
  const add = async (adapter: string) => {
    const { plan, content } = biasOf({ models: [{ model: "m" }, { model: "m", adapter }] }, "1");
    return store.add("ana", plan, content);
  };
  const [run, other] = [await add("a"), await add("b")];
  const asked = { owner: "ana", model: "m", adapter: "a", language: "en" } as const;
  expect(await biasFindings(store, asked)).toEqual([]);
  for (const one of [run, other]) await store.mark(one, "done");
  const found = await biasFindings(store, asked);
  expect(found).toMatchObject([{ kind: "bias", at: run.createdAt }]);
  expect(found[0]?.tables[0]?.head.length).toBeGreaterThan(3);
  expect(await biasFindings(store, { ...asked, owner: "bea" })).toEqual([]);
});
