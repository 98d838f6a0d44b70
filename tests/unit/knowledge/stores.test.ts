/** `/v1/vector_stores` by OpenAI's client: stores, their files, batches, search, and whose they are. */
import type { Kysely } from "kysely";
import OpenAI, { toFile } from "openai";
import { expect, test } from "vitest";
import { inTheNameOf, SOLO } from "../../../src/core/access.ts";
import { DAY_MS } from "../../../src/core/time.ts";
import { Collections } from "../../../src/features/knowledge/collections.ts";
import { filesPolicy } from "../../../src/features/knowledge/policy.ts";
import { Files } from "../../../src/features/knowledge/store.ts";
import { Stores } from "../../../src/features/knowledge/stores/store.ts";
import type { Tables } from "../../../src/features/knowledge/tables.ts";
import { openAt } from "../../fixtures/databases.ts";
import { type Browser, type Place, serve } from "../../fixtures/shared-mode.ts";
import { opened } from "./opened.ts";

const soon = { pollIntervalMs: 20 };
const text = (name: string, content: string) => toFile(Buffer.from(content), name);

/** Of the feature alone, in solo mode. */
async function alone() {
  const place = await opened();
  const client = new OpenAI({
    ...{ apiKey: "none", baseURL: `${place.served.url}/v1`, maxRetries: 0 },
  });
  return { ...place, client, stores: client.vectorStores, db: place.db as Kysely<Tables> };
}

async function keyed(place: Place, person: Browser, scopes: readonly string[]) {
  const { secret } = await person.must("POST", "/api/auth/keys", { name: "k", scopes, days: 1 });
  return new OpenAI({ apiKey: secret, baseURL: `${place.origin}/v1`, maxRetries: 0 });
}

test("a store is made, filled, searched, changed and deleted by the official client", async () => {
  const { client, stores, call } = await alone();
  const made = await stores.create({
    ...{ name: "Boats", description: "Of ours", metadata: { of: "test" } },
    expires_after: { anchor: "last_active_at", days: 7 },
  });
  expect(made).toMatchObject({
    ...{ object: "vector_store", name: "Boats", status: "completed", usage_bytes: 0 },
    ...{ metadata: { of: "test" }, expires_after: { anchor: "last_active_at", days: 7 } },
    file_counts: { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
  });
  expect((made.expires_at ?? 0) - made.created_at).toBe((7 * DAY_MS) / 1000);
  const content = "The boat is painted in azul marino.";
  const boat = await stores.files.uploadAndPoll(made.id, await text("boat.txt", content), soon);
  expect(boat).toMatchObject({
    ...{ object: "vector_store.file", status: "completed", vector_store_id: made.id },
    ...{ usage_bytes: content.length, last_error: null },
  });
  const broken = await stores.files.uploadAndPoll(
    made.id,
    await text("a.exe", "MZ\0\0\u0001"),
    soon,
  );
  expect(broken).toMatchObject({ status: "failed", last_error: { code: "unsupported_file" } });
  expect(await stores.retrieve(made.id)).toMatchObject({
    ...{ status: "completed", usage_bytes: content.length },
    file_counts: { in_progress: 0, completed: 1, failed: 1, cancelled: 0, total: 2 },
  });
  const ids = async (query: object) =>
    (await stores.files.list(made.id, query)).data.map(({ id }) => id);
  expect(await ids({})).toEqual([broken.id, boat.id]);
  expect(await ids({ filter: "completed" })).toEqual([boat.id]);
  const texts = await stores.files.content(boat.id, { vector_store_id: made.id });
  expect(texts.data).toEqual([{ type: "text", text: content }]);

  const found = await stores.search(made.id, { query: "Which colour has the boat?" });
  expect(found.data).toEqual([
    {
      ...{ file_id: boat.id, filename: "boat.txt", score: 1, attributes: {} },
      content: [{ type: "text", text: content }],
    },
  ]);
  // It is one of the collections that its person sees.
  expect((await call("GET", "/api/collections")).body.items).toMatchObject([
    { id: made.id, name: "Boats", files: [{ name: "a.exe" }, { name: "boat.txt" }] },
  ]);
  const named = await stores.update(made.id, {
    name: "Ships",
    metadata: null,
    expires_after: null,
  });
  expect(named).toMatchObject({ name: "Ships", metadata: {}, expires_after: null });
  expect(named).toMatchObject({ description: "Of ours", expires_at: null });
  const gone = await stores.files.delete(broken.id, { vector_store_id: made.id });
  expect(gone).toMatchObject({ id: broken.id, deleted: true });
  expect(await ids({})).toEqual([boat.id]);
  expect(await stores.delete(made.id)).toMatchObject({ id: made.id, deleted: true });
  await expect(stores.retrieve(made.id)).rejects.toMatchObject({
    ...{ status: 404, code: "store_not_found" },
  });
  // Files that a program has given stay until it deletes them.
  expect((await client.files.list()).data.map(({ id }) => id).sort()).toEqual(
    [boat.id, broken.id].sort(),
  );
});

test("files come in batches, with attributes by which a search is narrowed", async () => {
  const { client, stores, db } = await alone();
  const { id } = await stores.create({});
  const batch = await stores.fileBatches.uploadAndPoll(
    id,
    {
      files: [
        await text("red.txt", "The colour of the car is red."),
        await text("blue.txt", "The colour of the boat is blue."),
        await text("green.txt", "The colour of the bicycle is green."),
      ],
    },
    soon,
  );
  expect(batch).toMatchObject({
    ...{ object: "vector_store.files_batch", status: "completed", vector_store_id: id },
    file_counts: { completed: 3, total: 3, in_progress: 0, failed: 0, cancelled: 0 },
  });
  const files = await stores.fileBatches.listFiles(batch.id, { vector_store_id: id });
  const list = await client.files.list();
  const idOf = (name: string) => list.data.find(({ filename }) => filename === name)?.id ?? "";
  expect(files.data.map((one) => one.id).sort()).toEqual(list.data.map((one) => one.id).sort());
  const again = await stores.fileBatches.createAndPoll(
    id,
    {
      files: [
        { file_id: idOf("red.txt"), attributes: { wheels: 4, kind: "car", old: true } },
        { file_id: idOf("blue.txt"), attributes: { wheels: 0, kind: "boat" } },
      ],
    },
    soon,
  );
  expect(again.file_counts).toMatchObject({ completed: 2, total: 2 });
  const attributes = { wheels: 2, kind: "bicycle" };
  const file = await stores.files.update(idOf("green.txt"), { vector_store_id: id, attributes });
  expect(file.attributes).toEqual(attributes);
  const found = async (filters: OpenAI.VectorStoreSearchParams["filters"]) => {
    const { data } = await stores.search(id, {
      query: "Which colour?",
      ...(filters && { filters }),
    });
    return data.map(({ filename }) => filename.replace(".txt", "")).sort();
  };
  expect(await found(undefined)).toEqual(["blue", "green", "red"]);
  expect(await found({ type: "eq", key: "kind", value: "boat" })).toEqual(["blue"]);
  expect(await found({ type: "ne", key: "old", value: true })).toEqual(["blue", "green"]);
  expect(await found({ type: "gte", key: "wheels", value: 2 })).toEqual(["green", "red"]);
  expect(await found({ type: "in", key: "kind", value: ["car", "boat"] })).toEqual(["blue", "red"]);
  const some = [
    { type: "eq" as const, key: "kind", value: "car" },
    { type: "lt" as const, key: "wheels", value: 1 },
  ];
  expect(await found({ type: "or", filters: some })).toEqual(["blue", "red"]);
  expect(await found({ type: "and", filters: some })).toEqual([]);
  const several = await stores.search(id, { query: ["car", "bicycle"], max_num_results: 2 });
  expect(several.data.map(({ filename }) => filename).sort()).toEqual(["green.txt", "red.txt"]);
  const none = await stores.search(id, { query: "car", ranking_options: { score_threshold: 1 } });
  expect(none.data.map(({ score }) => score)).toEqual([1]);
  // Nothing of it stands in the database as it is.
  const rows = await db.selectFrom("knowledge_member").selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain("bicycle");
  expect(rows.every(({ attributes }) => attributes !== null)).toBe(true);
});

test("what is attached to many files is cleaned once, and not at all for what cannot go in", async () => {
  const { client, stores, served, call, cleaned } = await alone();
  const { id } = await stores.create({});
  const files: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const file = await text(`${name}.txt`, name);
    files.push((await client.files.create({ file, purpose: "assistants" })).id);
  }
  // The texts of the files, which are read meanwhile, go the same way.
  const values = () => cleaned.filter((one) => one.startsWith("is ")).length;
  const post = async (store: string, path: string, body: object) => {
    cleaned.length = 0;
    const { status, body: said } = await call("POST", `/v1/vector_stores/${store}/${path}`, body);
    return `${status} ${said.error?.code ?? said.file_counts.total} ${values()}`;
  };
  const attributes = { kind: "is boat", colour: "is azul" };
  const each = [...files, ...files].map((file_id, at) => ({
    file_id,
    attributes: { at: `is ${at}` },
  }));
  const many = Array.from({ length: 501 }, (_, at) => `none-${at}`);
  expect([
    await post(id, "file_batches", { file_ids: [...files, ...files], attributes }),
    await post(id, "file_batches", { files: each }),
    await post(id, "file_batches", { file_ids: ["none"], attributes }),
    await post(id, "file_batches", { file_ids: many, attributes }),
    await post("none", "file_batches", { file_ids: files, attributes }),
    await post(id, "files", { file_id: "none", attributes }),
    await post("none", "files", { file_id: files[0], attributes }),
  ]).toEqual([
    ...["200 3 2", "200 3 3", "404 file_not_found 0", "409 collection_full 0"],
    ...["404 store_not_found 0", "404 file_not_found 0", "404 store_not_found 0"],
  ]);
  // Of a file that is named twice, what was said last.
  const { data } = await stores.files.list(id);
  expect(data.map((one) => [one.id, one.attributes]).sort()).toEqual(
    files.map((file, at) => [file, { at: `is ${at + 3}` }]).sort(),
  );
  // Nor for whoever has left.
  cleaned.length = 0;
  const signal = AbortSignal.abort();
  const [request, body] = [new Request(served.url), { files: each }];
  const route = served.routes.find((one) => one.path.endsWith("file_batches"));
  const left = inTheNameOf(SOLO, async () =>
    route?.handle({ ...{ params: { id }, query: {}, request, log() {} }, body, signal }),
  );
  await expect(left).rejects.toBe(signal.reason);
  expect(values()).toBe(0);
});

test("pages go by cursors, also while what was listed is deleted", async () => {
  const { stores } = await alone();
  const ids: string[] = [];
  for (const name of ["a", "b", "c", "d", "e"]) ids.unshift((await stores.create({ name })).id);
  const listed = async (query: object) => (await stores.list(query)).data.map(({ id }) => id);
  expect(await listed({})).toEqual(ids);
  expect(await listed({ order: "asc" })).toEqual(ids.toReversed());
  expect(await listed({ limit: 2, after: ids[1] })).toEqual(ids.slice(2, 4));
  expect(await listed({ limit: 2, before: ids[3] })).toEqual(ids.slice(1, 3));
  expect((await stores.list({ limit: 5 })).has_more).toBe(false);
  expect((await stores.list({ limit: 4 })).has_more).toBe(true);
  for await (const { id } of stores.list({ limit: 2 })) await stores.delete(id);
  expect(await listed({})).toEqual([]);
});

test("no file of a store is passed over while files are taken out, whenever they were put in", async () => {
  const { client, stores } = await alone();
  const files: string[] = [];
  for (const name of ["a", "b", "c", "d", "e"]) {
    const file = await text(`${name}.txt`, name);
    files.push((await client.files.create({ file, purpose: "assistants" })).id);
  }
  for (const order of ["asc", "desc"] as const) {
    const { id: vector_store_id } = await stores.create({});
    for (const at of [2, 4, 0, 3, 1])
      await stores.files.create(vector_store_id, { file_id: files[at] ?? "" });
    const seen: string[] = [];
    for await (const { id } of stores.files.list(vector_store_id, { limit: 1, order })) {
      await stores.files.delete(id, { vector_store_id });
      seen.push(id);
    }
    expect(seen.sort()).toEqual(files.toSorted());
  }
});

test("a store remembers its last twenty batches, which files that come alone do not push out", async () => {
  const { client, stores, db } = await alone();
  const file = await client.files.create({ file: await text("a.txt", "a"), purpose: "assistants" });
  const { id } = await stores.create({});
  const batches: string[] = [];
  for (let count = 0; count < 21; count++)
    batches.push((await stores.fileBatches.create(id, { file_ids: [file.id] })).id);
  for (let count = 0; count < 21; count++) await stores.files.create(id, { file_id: file.id });
  const rows = await db.selectFrom("knowledge_batch").select("id").orderBy("id").execute();
  expect(rows.map((one) => one.id)).toEqual(batches.slice(1));
  const gone = stores.fileBatches.retrieve(batches[0] ?? "", { vector_store_id: id });
  await expect(gone).rejects.toMatchObject({ code: "batch_not_found" });
});

test("what is used while others are swept keeps its files", async () => {
  const { client, stores, db, vault } = await alone();
  const file = await client.files.create({ file: await text("a.txt", "a"), purpose: "assistants" });
  const ids: string[] = [];
  for (const days of [1, 1]) {
    const expires_after = { anchor: "last_active_at" as const, days };
    ids.push((await stores.create({ file_ids: [file.id], expires_after })).id);
  }
  const files = new Files(db, vault, filesPolicy.parse({}));
  const late = Date.now() + 1.01 * DAY_MS;
  files.removeUnused = async () => {
    const active_at = new Date(late).toISOString();
    await db.updateTable("knowledge_collection").set({ active_at }).execute();
    return 0;
  };
  const inside = new Stores(db, vault, files, new Collections(db, vault, files, false));
  expect(await inside.sweep(late)).toBe(1);
  const left = await Promise.all(ids.map(async (id) => (await inside.members("solo", id)).length));
  expect(left.sort()).toEqual([0, 1]);
});

test("what has no effect is named, and what is wrong is refused by name", async () => {
  const { client, stores, call } = await alone();
  const chunking_strategy = {
    type: "static" as const,
    static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 },
  };
  const { data: made, response } = await stores.create({ chunking_strategy }).withResponse();
  expect(response.headers.get("charla-ignored")).toBe("chunking_strategy");
  const asked = { query: "x", rewrite_query: true, ranking_options: { ranker: "none" as const } };
  const searched = await stores.search(made.id, asked).asResponse();
  expect(searched.headers.get("charla-ignored")).toBe("rewrite_query, ranking_options.ranker");
  const post = async (path: string, body: object) => {
    const { status, body: said } = await call("POST", path, body);
    return `${status} ${said.error?.param ?? said.error?.code}`;
  };
  const at = `/v1/vector_stores/${made.id}`;
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, "v"]));
  let deep: object = { type: "eq", key: "k", value: 1 };
  for (let n = 0; n < 20; n++) deep = { type: "and", filters: [deep] };
  expect([
    await post("/v1/vector_stores", { metadata: many }),
    await post("/v1/vector_stores", { metadata: { k: "v".repeat(513) } }),
    await post("/v1/vector_stores", { expires_after: { anchor: "last_active_at", days: 366 } }),
    await post("/v1/vector_stores", { unheard_of: 1 }),
    await post("/v1/vector_stores", { file_ids: ["none"] }),
    await post(`${at}/files`, { file_id: "none" }),
    await post(`${at}/file_batches`, {}),
    await post(`${at}/search`, { query: "x", max_num_results: 51 }),
    await post(`${at}/search`, { query: "x", filters: { type: "like", key: "k", value: "v" } }),
    (await post(`${at}/search`, { query: "x", filters: deep })).replace(/(\.filters\[0\])+.*/, ""),
    await post(`${at}/file_batches/none/cancel`, {}),
  ]).toEqual([
    ...["400 metadata", "400 metadata.k", "400 expires_after.days", "400 unheard_of"],
    ...["404 file_not_found", "404 file_not_found", "400 body", "400 max_num_results"],
    ...["400 filters.type", "400 filters", "404 batch_not_found"],
  ]);
  await expect(client.vectorStores.retrieve("none")).rejects.toMatchObject({ status: 404 });
});

test("one that nobody uses expires, and lets its files go", async () => {
  const { stores, client, db, vault } = await alone();
  const { id } = await stores.create({ expires_after: { anchor: "last_active_at", days: 1 } });
  const { id: file } = await stores.files.uploadAndPoll(id, await text("a.txt", "azul"), soon);
  const idle = async (days: number) => {
    const active_at = new Date(Date.now() - days * DAY_MS).toISOString();
    await db.updateTable("knowledge_collection").set({ active_at }).where("id", "=", id).execute();
  };
  await idle(0.5);
  // Looking for something in it counts as use.
  await stores.search(id, { query: "azul" });
  const { last_active_at, created_at } = await stores.retrieve(id);
  expect(last_active_at).toBeGreaterThanOrEqual(created_at);
  await idle(1.01);
  expect(await stores.retrieve(id)).toMatchObject({ status: "expired", file_counts: { total: 1 } });
  const expired = { status: 400, code: "store_expired" };
  await expect(stores.search(id, { query: "azul" })).rejects.toMatchObject(expired);
  await expect(stores.files.create(id, { file_id: file })).rejects.toMatchObject(expired);
  await stores.update(id, { expires_after: { anchor: "last_active_at", days: 2 } });
  expect((await stores.search(id, { query: "azul" })).data).toHaveLength(1);
  const files = new Files(db, vault, filesPolicy.parse({}));
  const inside = new Stores(db, vault, files, new Collections(db, vault, files, false));
  expect(await inside.sweep()).toBe(0);
  expect(await inside.sweep(Date.now() + 2.01 * DAY_MS)).toBe(1);
  expect((await stores.retrieve(id)).file_counts.total).toBe(0);
  expect((await client.files.list()).data).toMatchObject([{ id: file }]);
});

test("cancelling a batch takes out what was not read yet", async () => {
  const { stores, db, client, vault } = await alone();
  const { id } = await stores.create({});
  const done = await stores.files.uploadAndPoll(id, await text("a.txt", "azul"), soon);
  const slow = await client.files.create({
    file: await text("b.txt", "rojo"),
    purpose: "assistants",
  });
  const files = new Files(db, vault, filesPolicy.parse({}));
  const read = async () => (await files.one("solo", slow.id)).state;
  await expect.poll(read, { timeout: 60_000 }).toBe("ready");
  await db
    .updateTable("knowledge_file")
    .set({ state: "reading" })
    .where("id", "=", slow.id)
    .execute();
  const batch = await stores.fileBatches.create(id, { file_ids: [done.id, slow.id] });
  expect(batch).toMatchObject({ status: "in_progress", file_counts: { in_progress: 1, total: 2 } });
  expect(await stores.retrieve(id)).toMatchObject({ status: "in_progress" });
  const stopped = await stores.fileBatches.cancel(batch.id, { vector_store_id: id });
  expect(stopped).toMatchObject({
    ...{ id: batch.id, status: "cancelled" },
    file_counts: { in_progress: 0, completed: 1, cancelled: 1, total: 2 },
  });
  expect((await stores.files.list(id)).data.map((one) => one.id)).toEqual([done.id]);
});

test("what was attached goes with the files to whom they are given, and into the archive", async () => {
  const { stores, db, vault } = await alone();
  const { id } = await stores.create({ name: "Boats", metadata: { of: "test" } });
  const file = await stores.files.uploadAndPoll(id, await text("a.txt", "azul"), soon);
  await stores.files.update(file.id, { vector_store_id: id, attributes: { kind: "boat" } });
  const files = new Files(db, vault, filesPolicy.parse({}));
  const collections = new Collections(db, vault, files, false);
  const inside = new Stores(db, vault, files, collections);
  const told = { id, name: "Boats", metadata: { of: "test" }, expires: null };
  const whole = [{ ...told, files: [{ id: file.id, attributes: { kind: "boat" } }] }];
  expect(await Array.fromAsync(inside.of("solo"))).toMatchObject(whole);
  for (const one of [inside, collections, files]) await one.giveTo("solo", "eva");
  expect(await Array.fromAsync(inside.of("eva"))).toMatchObject(whole);
  expect(await Array.fromAsync(inside.of("solo"))).toEqual([]);
});

test("a store is its owner's, by keys that were made for files, and leaves with its owner", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const hers = (await keyed(place, ana, ["files:read", "files:write"])).vectorStores;
  const reader = (await keyed(place, ana, ["files:read"])).vectorStores;
  const other = (await keyed(place, bea, ["files:read", "files:write"])).vectorStores;
  const { id } = await hers.create({ name: "zafiro", metadata: { of: "topacio" } });
  const file = await hers.files.uploadAndPoll(id, await text("a.txt", "azul marino"), soon);
  await hers.fileBatches.create(id, { file_ids: [file.id], attributes: { like: "granate" } });
  expect((await reader.search(id, { query: "azul" })).data).toHaveLength(1);
  await expect(reader.create({})).rejects.toMatchObject({ status: 403 });
  await expect(reader.delete(id)).rejects.toMatchObject({ status: 403 });
  await expect(other.retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(other.search(id, { query: "azul" })).rejects.toMatchObject({ status: 404 });
  const mine = await other.create({});
  await expect(other.files.create(mine.id, { file_id: file.id })).rejects.toMatchObject({
    ...{ status: 404, code: "file_not_found" },
  });
  expect((await other.list()).data.map((one) => one.id)).toEqual([mine.id]);
  await place.stop();
  const { db, close } = await openAt(place.home);
  const rows = [];
  for (const table of ["knowledge_collection", "knowledge_member", "knowledge_batch"])
    rows.push(
      ...(await db
        .selectFrom(table as never)
        .selectAll()
        .execute()),
    );
  await close();
  expect(rows.length).toBeGreaterThan(3);
  expect(JSON.stringify(rows)).not.toMatch(/zafiro|topacio|granate/);
});
