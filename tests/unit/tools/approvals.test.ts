/** The rows of approvals: whose they are, and how often they are good for something. */
import { expect, it } from "vitest";
import type { Tool } from "../../../src/core/toolbox.ts";
import { Approvals } from "../../../src/features/tools/approvals.ts";
import { migrations } from "../../../src/features/tools/tables.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const tool = { name: "send_mail" } as Tool;
const GIVEN = '{"text":"zafiro"}';
const call = { owner: "ana", conversation: "c", id: "call_1" };

async function store() {
  const opened = await freshDatabase([vaultTables, { name: "tools", migrations }]);
  const approvals = new Approvals(opened.db, sealing(opened).vault);
  await approvals.ask(call, tool, GIVEN, new Set(["foreign"]), 1);
  const [one] = await approvals.waiting("ana", "c");
  return { approvals, db: opened.db, id: one?.id ?? "" };
}

it("belongs to one person, and stands in the database without its words", async () => {
  const { approvals, db, id } = await store();
  expect(await approvals.waiting("eva", "c")).toEqual([]);
  await expect(approvals.decide("eva", id, true)).rejects.toMatchObject({
    code: "approval_not_found",
  });
  expect(await approvals.standing({ ...call, owner: "eva" })).toBeUndefined();
  expect(JSON.stringify(await db.selectFrom("tool_approval").selectAll().execute())).not.toContain(
    "zafiro",
  );
});

it("is used once, by the same arguments, however many ask at once", async () => {
  const { approvals, id } = await store();
  expect(await approvals.use(call, tool, GIVEN)).toBe(false);
  await approvals.decide("ana", id, true);
  expect(await approvals.use(call, tool, '{"text":"rubí"}')).toBe(false);
  expect(await approvals.use({ ...call, owner: "eva" }, tool, GIVEN)).toBe(false);
  expect(await approvals.use(call, { ...tool, server: { name: "s", pin: "other" } }, GIVEN)).toBe(
    false,
  );
  const uses = await Promise.all(Array.from({ length: 5 }, () => approvals.use(call, tool, GIVEN)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await approvals.standing(call)).toBe("used");
});

it("is worth nothing when its time is over", async () => {
  const { approvals, db, id } = await store();
  await approvals.decide("ana", id, true);
  await db.updateTable("tool_approval").set({ expires_at: "2020-01-01T00:00:00.000Z" }).execute();
  expect(await approvals.use(call, tool, GIVEN)).toBe(false);
  expect(await approvals.standing(call)).toBe("expired");
  await approvals.sweep(new Date());
  expect(await approvals.standing(call)).toBeUndefined();
});

it("goes with its chat and with its person, and to whoever takes over", async () => {
  const { approvals } = await store();
  await approvals.giveTo("ana", "eva");
  expect(await approvals.waiting("ana", "c")).toEqual([]);
  expect(await approvals.waiting("eva", "c")).toMatchObject([
    { arguments: GIVEN, labels: ["foreign"] },
  ]);
  expect(await Array.fromAsync(approvals.of("eva"))).toMatchObject([{ given: GIVEN }]);
  await approvals.forget(["another"]);
  expect(await approvals.erase("eva")).toBe(1);
  await approvals.ask(call, tool, GIVEN, new Set(), 1);
  await approvals.forget(["c"]);
  expect(await approvals.waiting("ana", "c")).toEqual([]);
});
