/** Images as they are kept: sealed, once, as long as a chat has them, and each its person's. */
import { expect, test } from "vitest";
import { images as feature } from "../../../src/features/images/open.ts";
import { Images } from "../../../src/features/images/store.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { png } from "../../fixtures/images.ts";
import { sealing } from "../../fixtures/vault.ts";

const RED = png(4, 3, [200, 0, 0]);
const DAY_MS = 86_400_000;

test("an image is sealed, there once, and gone with the last chat that has it", async () => {
  const database = await freshDatabase([vaultTables, feature]);
  const { db, vault } = sealing(database);
  const images = new Images(db, vault);
  const red = await images.take("ana", RED);
  expect(await images.take("ana", RED)).toEqual(red);
  const rows = await db.selectFrom("image").selectAll().execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(red.digest);
  expect(Buffer.from(String(rows[0]?.content), "base64").includes("IHDR")).toBe(false);
  expect(await images.bytes("ana", red.id)).toEqual(RED);
  // To nobody else is it there.
  expect(await images.find("eva", red.digest)).toBeUndefined();
  expect(await images.bytes("eva", red.id)).toBeUndefined();
  await images.use([red.id], "one");
  await images.copyUses("one", "two");
  expect(await images.sweep(Date.now() + 2 * DAY_MS)).toBe(0);
  await images.forget(["one"]);
  expect(await images.find("ana", red.digest)).toBeDefined();
  await images.forget(["two"]);
  expect(await images.find("ana", red.digest)).toBeUndefined();
  expect(await images.stored("ana")).toBe(0);
});

test("what nobody asked about goes after a day; what is given away is sealed anew", async () => {
  const database = await freshDatabase([vaultTables, feature]);
  const { db, vault } = sealing(database);
  const images = new Images(db, vault);
  const red = await images.take("ana", RED);
  expect(await images.sweep(Date.now())).toBe(0);
  await images.giveTo("ana", "eva");
  await vault.destroy("ana");
  expect(await images.bytes("eva", red.id)).toEqual(RED);
  expect(await images.sweep(Date.now() + 2 * DAY_MS)).toBe(1);
  const blue = await images.take("eva", png(4, 3, [0, 0, 200]));
  await images.use([blue.id], "one");
  const mine = await images.take("ben", png(4, 3, [0, 0, 200]));
  await images.giveTo("eva", "ben");
  expect(await images.list("ben")).toMatchObject([{ id: mine.id, chats: ["one"] }]);
  expect(await images.erase("ben")).toBe(1);
  expect(await db.selectFrom("image_use").selectAll().execute()).toEqual([]);
});
