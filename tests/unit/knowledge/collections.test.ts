/** Collections: files kept together, asked in chats, lent to others with their owner's key, and not copied. */
import type { Kysely } from "kysely";
import { expect, test } from "vitest";
import type { Tables } from "../../../src/features/knowledge/tables.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";
import { opened } from "./opened.ts";

test("hold files of one's own, which stay as long as something needs them", async () => {
  const { call, read, db } = await opened();
  const one = await read("boat.txt", "The boat is painted in azul marino.");
  const two = await read("car.txt", "The car is red.");
  const { body: made } = await call("POST", "/api/collections", {
    ...{ name: "Vehicles of ours", files: [one.id, two.id] },
  });
  expect(made).toMatchObject({ name: "Vehicles of ours", by: null, lent: false });
  expect(made.files.map(({ name }: { name: string }) => name).sort()).toEqual([
    "boat.txt",
    "car.txt",
  ]);
  const rows = await db
    .selectFrom("knowledge_collection" as never)
    .selectAll()
    .execute();
  expect(JSON.stringify(rows)).not.toContain("Vehicles");
  expect((await call("GET", `/api/files/${one.id}`)).body.collections).toBe(1);
  const path = `/api/collections/${made.id}`;
  const { body: changed } = await call("PATCH", path, { name: "Boats", remove: [two.id] });
  expect(changed).toMatchObject({ name: "Boats", files: [{ id: one.id }] });
  expect((await call("PATCH", path, { add: ["none"] })).status).toBe(404);
  // Without others there is nobody to lend to.
  expect((await call("PATCH", path, { lent: true })).body.error.code).toBe("lending_off");
  await call("PATCH", `/api/files/${two.id}`, { kept: true });
  await call("PATCH", path, { add: [two.id] });
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", "/api/collections")).body.items).toEqual([]);
  // The one that its person keeps is left.
  const { files } = (await call("GET", "/api/files")).body;
  expect(files).toMatchObject([{ id: two.id, collections: 0 }]);
});

test("are at most a hundred, with at most five hundred files each", async () => {
  const { call, given } = await openedWith();
  for (let n = 0; n < 99; n++) await given.create(`${n}`);
  const { id } = (await call("POST", "/api/collections", { name: "last" })).body;
  const refused = await call("POST", "/api/collections", { name: "more" });
  expect(refused.body.error).toMatchObject({ code: "collections_full", params: { limit: 100 } });
  const ids = await given.files(501);
  await call("PATCH", `/api/collections/${id}`, { add: ids.slice(0, 500) });
  const full = await call("PATCH", `/api/collections/${id}`, { add: ids.slice(500) });
  expect(full.body.error.code).toBe("collection_full");
  const { items } = (await call("GET", "/api/collections")).body;
  expect(items.find((one: { id: string }) => one.id === id).files).toHaveLength(500);
});

/** With rows that nobody has to upload. */
async function openedWith() {
  const { call, db, vault } = await opened({ person_files: 1000 });
  const sealer = await vault.of("solo");
  const rows = db as unknown as Kysely<Tables>;
  const created_at = new Date().toISOString();
  return {
    call,
    given: {
      async create(id: string) {
        const name = sealer.seal(id, `collection/${id}/name`);
        const row = { id, owner: "solo", name, lent: 0, created_at };
        await rows.insertInto("knowledge_collection").values(row).execute();
      },
      async files(count: number) {
        const ids = Array.from({ length: count }, (_, n) => `file-${n}`);
        for (const id of ids) {
          const about = sealer.seal(JSON.stringify({ name: id, digest: id }), `file/${id}/about`);
          const row = { id, owner: "solo", tag: id, bytes: 1, state: "ready" as const };
          const rest = { about, kept: 1, created_at };
          await rows
            .insertInto("knowledge_file")
            .values({ ...row, ...rest })
            .execute();
        }
        return ids;
      },
    },
  };
}

/** Asks in a new chat with these collections, and gives the answer's parts. */
async function asked(browser: Browser, collections: readonly string[]) {
  const { id } = await browser.must("POST", "/api/conversations", { settings: { collections } });
  const at = `/api/conversations/${id}`;
  const turn = { content: "Which colour has the boat?", parentId: null };
  const { answer } = await browser.must("POST", `${at}/turns`, turn);
  await browser.call("GET", `${at}/messages/${answer.id}/stream`);
  return (await browser.must("GET", at)).messages[1].parts;
}

test("that are lent are read and asked by others, and no longer once they are not", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  // The bytes themselves, as no JSON.
  const file = await ana.must("POST", "/api/files?name=boat.txt&keep=true", [
    "The boat is painted in azul marino, as ever.",
  ]);
  const state = async () => (await ana.must("GET", `/api/files/${file.id}`)).state;
  await expect.poll(state, { timeout: 60_000 }).toBe("ready");
  const { id } = await ana.must("POST", "/api/collections", { name: "Boats", files: [file.id] });
  expect(await asked(ana, [id])).toMatchObject([
    { type: "retrieval", state: "whole", files: 1, missing: 0 },
    { type: "citation", n: 1, file: file.id },
  ]);
  // Not lent: her chat has it not, whatever ids she knows.
  expect(await asked(bea, [id])).toMatchObject([{ type: "retrieval", files: 0, missing: 1 }]);
  const section = `/api/files/${file.id}/sections`;
  expect((await bea.call("GET", section)).status).toBe(404);

  await ana.must("PATCH", `/api/collections/${id}`, { lent: true });
  const { items } = await bea.must("GET", "/api/collections");
  expect(items).toMatchObject([{ id, name: "Boats", by: "Ana", lent: true }]);
  const [found, cited] = await asked(bea, [id]);
  expect(found).toMatchObject({ state: "whole", files: 1, missing: 0 });
  expect(cited.quote).toContain("azul marino");
  const read = await bea.must("GET", section);
  expect(read.text).toContain("azul marino");
  expect(read.file).toMatchObject({ name: "boat.txt", chats: 0, collections: 0 });
  // She may read, and nothing else.
  expect((await bea.must("GET", "/api/files")).files).toEqual([]);
  for (const [method, path] of [
    ["GET", `/api/files/${file.id}`],
    ["GET", `/api/files/${file.id}/content`],
    ["DELETE", `/api/files/${file.id}`],
    ["DELETE", `/api/collections/${id}`],
  ] as const)
    expect((await bea.call(method, path)).status, `${method} ${path}`).toBe(404);
  expect((await bea.call("PATCH", `/api/collections/${id}`, { lent: false })).status).toBe(404);
  // Nor does she lend on what is not hers.
  const own = { name: "Hers", files: [file.id] };
  expect((await bea.call("POST", "/api/collections", own)).status).toBe(404);

  await ana.must("PATCH", `/api/collections/${id}`, { lent: false });
  expect((await bea.call("GET", section)).status).toBe(404);
  expect(await asked(bea, [id])).toMatchObject([{ type: "retrieval", missing: 1 }]);
});

test("that are lent to one person are read by that one, and by nobody else", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const eva = await place.join(ana, "eva@example.org");
  const file = await ana.must("POST", "/api/files?name=boat.txt&keep=true", [
    "The boat is painted in azul marino, as ever.",
  ]);
  const state = async () => (await ana.must("GET", `/api/files/${file.id}`)).state;
  await expect.poll(state, { timeout: 60_000 }).toBe("ready");
  const { id } = await ana.must("POST", "/api/collections", { name: "Boats", files: [file.id] });
  const path = `/api/collections/${id}`;
  const section = `/api/files/${file.id}/sections`;
  expect(await ana.fails("PATCH", path, { lendTo: "nobody@example.org" })).toBe("borrower_unknown");
  const { lentTo } = await ana.must("PATCH", path, { lendTo: "bea@example.org" });
  expect(lentTo).toMatchObject([{ name: "bea" }]);
  const { items } = await bea.must("GET", "/api/collections");
  expect(items).toMatchObject([{ id, name: "Boats", by: "Ana", lent: false, lentTo: [] }]);
  const [, cited] = await asked(bea, [id]);
  expect(cited.quote).toContain("azul marino");
  expect((await bea.must("GET", section)).text).toContain("azul marino");
  expect((await bea.call("GET", `/api/files/${file.id}/content`)).status).toBe(404);
  expect(await asked(eva, [id])).toMatchObject([{ type: "retrieval", files: 0, missing: 1 }]);
  expect((await eva.call("GET", section)).status).toBe(404);
  expect((await bea.call("PATCH", path, { lendTo: "eva@example.org" })).status).toBe(404);

  await ana.must("PATCH", path, { takeBack: lentTo[0].id });
  expect((await bea.call("GET", section)).status).toBe(404);
  expect(await asked(bea, [id])).toMatchObject([{ type: "retrieval", missing: 1 }]);
});
