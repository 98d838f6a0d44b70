/** Chats put in order: archived, in folders, several at once, and what goes out and in of that. */
import { afterEach, describe, expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { exportFile, type Folder, type Listed } from "../../../src/features/conversations/api.ts";
import { serveTemporarily } from "./home.ts";
import type { TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const ALL = "/api/conversations";
const SEVERAL = `${ALL}/several`;

async function must(method: string, path: string, body?: unknown) {
  const reply = await server.call(method, path, body);
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
}
async function chat(title: string): Promise<string> {
  const { id } = await server.create();
  await must("PATCH", `${ALL}/${id}`, { title });
  return id;
}
const titles = async (query = "") =>
  (await must("GET", `${ALL}${query}`)).items.map(({ title }: Listed) => title).toSorted();
const folders = async (): Promise<Folder[]> => (await must("GET", "/api/folders")).items;
const file = async (name: string): Promise<string> =>
  (await must("POST", "/api/folders", { name })).id;

describe("an archived chat", () => {
  it("is in its own list and in searches, and back in the list by a question", async () => {
    server = await serveTemporarily();
    const id = await chat("taxes");
    await chat("garden");
    expect(await must("PATCH", `${ALL}/${id}`, { archived: true })).toMatchObject({
      archived: true,
    });
    expect(await titles()).toEqual(["garden"]);
    expect(await titles("?archived=true")).toEqual(["taxes"]);
    const [found] = await server.search("taxes");
    expect(found).toMatchObject({ id, archived: true });
    const { answer } = await server.ask(id, "and now?");
    await server.ended(id, answer.id);
    expect(await titles()).toEqual(["garden", "taxes"]);
    expect(await server.read(id)).toMatchObject({ archived: false });
  });

  it("stays archived in a file, and a copy of it begins in the list", async () => {
    server = await serveTemporarily();
    const id = await chat("taxes");
    const { answer } = await server.ask(id, "how much?");
    await server.ended(id, answer.id);
    await must("PATCH", `${ALL}/${id}`, { archived: true });
    const fork = await must("POST", `${ALL}/${id}/messages/${answer.id}/fork`, {});
    expect(fork).toMatchObject({ archived: false });
    const exported = exportFile.parse(await must("GET", `${ALL}/${id}/export`));
    expect(exported.conversations[0]).toMatchObject({ archived: true });
    const { imported } = await must("POST", `${ALL}/import`, exported);
    expect(imported).toMatchObject([{ archived: true, title: "taxes" }]);
  });
});

describe("a folder", () => {
  it("holds chats, is renamed, and leaves them when it is deleted", async () => {
    server = await serveTemporarily();
    const id = await chat("taxes");
    await chat("garden");
    const folder = await file("Home\u202E office\n");
    await must("PATCH", `${ALL}/${id}`, { folderId: folder });
    expect(await folders()).toEqual([{ id: folder, name: "Home office", chats: 1 }]);
    expect(await titles(`?folder=${folder}`)).toEqual(["taxes"]);
    expect(await titles("?folder=none")).toEqual(["garden"]);
    expect(await titles()).toEqual(["garden", "taxes"]);
    await must("PATCH", `/api/folders/${folder}`, { name: "Papers" });
    await must("PATCH", `${ALL}/${id}`, { archived: true });
    expect(await folders()).toEqual([{ id: folder, name: "Papers", chats: 0 }]);
    await must("PATCH", `${ALL}/${id}`, { archived: false });
    await must("DELETE", `/api/folders/${folder}`);
    expect(await folders()).toEqual([]);
    expect(await titles("?folder=none")).toEqual(["garden", "taxes"]);
    expect(await server.read(id)).toMatchObject({ folderId: null });
    for (const [method, path, body] of [
      ["DELETE", `/api/folders/${folder}`, undefined],
      ["PATCH", `/api/folders/${folder}`, { name: "x" }],
      ["PATCH", `${ALL}/${id}`, { folderId: folder }],
      ["POST", SEVERAL, { do: "move", which: "all", folderId: folder }],
    ] as const) {
      const reply = await server.call(method, path, body);
      expect([reply.status, reply.body.error.code]).toEqual([404, "folder_not_found"]);
    }
  });

  it("is sealed, given out, given to another person, and erased", async () => {
    server = await serveTemporarily();
    const id = await chat("taxes");
    await must("PATCH", `${ALL}/${id}`, { folderId: await file("Zafiro") });
    const rows = await server.db
      .selectFrom("folder" as never)
      .selectAll()
      .execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("Zafiro");
    const { rights } = server.feature;
    const files = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
    const of = (name: string) => files.find(({ path }) => path.endsWith(name))?.content;
    expect(JSON.parse(String(of("folders.json"))).folders).toMatchObject([{ name: "Zafiro" }]);
    expect(String(of(`${id}.json`))).toContain('"folder":"Zafiro"');
    await rights?.giveTo?.(SOLO.id, "eva");
    expect(await folders()).toEqual([]);
    const { items } = (await server.call("GET", "/api/folders", undefined, "eva")).body;
    expect(items).toMatchObject([{ name: "Zafiro", chats: 1 }]);
    expect(await rights?.erase("eva")).toContainEqual(
      expect.objectContaining({ what: "folders", count: 1 }),
    );
    expect(
      await server.db
        .selectFrom("folder" as never)
        .selectAll()
        .execute(),
    ).toEqual([]);
  });

  it("comes with a file, by its name, once for all chats of it", async () => {
    server = await serveTemporarily();
    const folder = await file("Home");
    for (const title of ["one", "two"])
      await must("PATCH", `${ALL}/${await chat(title)}`, { folderId: folder });
    await chat("three");
    const exported = exportFile.parse(await must("GET", `${ALL}/export`));
    await must("POST", SEVERAL, { do: "delete", which: "all" });
    await must("DELETE", `/api/folders/${folder}`);
    await must("POST", `${ALL}/import`, exported);
    const [made, ...more] = await folders();
    expect([made, more]).toMatchObject([{ name: "Home", chats: 2 }, []]);
    expect(await titles(`?folder=${made?.id}`)).toEqual(["one", "two"]);
    await must("POST", `${ALL}/import`, exported);
    expect(await folders()).toMatchObject([{ id: made?.id, chats: 4 }]);
  });

  it("is one of 200 at most", async () => {
    server = await serveTemporarily();
    for (let count = 0; count < 200; count++) await file(`folder ${count}`);
    const { status, body } = await server.call("POST", "/api/folders", { name: "one more" });
    expect([status, body.error.code]).toEqual([409, "folders_full"]);
  });
});

describe("several chats", () => {
  it("are archived, brought back, moved and deleted at once, and that is taken back", async () => {
    server = await serveTemporarily();
    const [one, two, three] = [await chat("one"), await chat("two"), await chat("three")];
    const folder = await file("Home");
    const some = { which: [one, two, "0198a000-0000-7000-8000-000000000000"] };
    expect(await must("POST", SEVERAL, { do: "archive", ...some })).toMatchObject({ count: 2 });
    expect(await titles()).toEqual(["three"]);
    // What is so already is none that was changed.
    expect(await must("POST", SEVERAL, { do: "archive", which: "all" })).toMatchObject({
      count: 1,
    });
    expect(await must("POST", SEVERAL, { do: "unarchive", which: "all" })).toMatchObject({
      count: 3,
    });
    await must("POST", SEVERAL, { do: "move", ...some, folderId: folder });
    expect(await titles(`?folder=${folder}`)).toEqual(["one", "two"]);
    await must("POST", SEVERAL, { do: "move", which: [two], folderId: null });
    expect(await titles("?folder=none")).toEqual(["three", "two"]);
    const { at, count } = await must("POST", SEVERAL, { do: "delete", ...some });
    expect(count).toBe(2);
    expect(await titles()).toEqual(["three"]);
    const all = await must("POST", SEVERAL, { do: "delete", which: "all" });
    expect([all.count, await titles()]).toEqual([1, []]);
    expect(await must("POST", SEVERAL, { do: "restore", at })).toMatchObject({ count: 2 });
    expect(await titles()).toEqual(["one", "two"]);
    expect(await server.read(one)).toMatchObject({ folderId: folder });
    await must("POST", SEVERAL, { do: "restore", at: all.at });
    expect(await server.read(three)).toMatchObject({ title: "three" });
  });

  it("give nothing back that is still on its way in", async () => {
    server = await serveTemporarily();
    const id = await chat("hidden");
    const later = new Date(Date.now() + 86_400_000).toISOString();
    await server.db
      .updateTable("conversation" as never)
      .set({ deleted_at: later } as never)
      .execute();
    expect(await must("POST", SEVERAL, { do: "restore", at: later })).toMatchObject({ count: 0 });
    expect((await server.call("POST", `${ALL}/${id}/restore`)).status).toBe(404);
  });

  it("stop being answered when they are deleted", async () => {
    server = await serveTemporarily(scripted({ tokenMs: 20, reply: () => "on ".repeat(10_000) }));
    const [one, two] = [await chat("one"), await chat("two")];
    const asked = await server.ask(one, "go");
    const other = await server.ask(two, "go");
    await must("POST", SEVERAL, { do: "delete", which: [one] });
    await must("POST", SEVERAL, { do: "delete", which: "all" });
    await must("POST", `${ALL}/${one}/restore`);
    await must("POST", `${ALL}/${two}/restore`);
    expect(await server.ended(one, asked.answer.id)).toMatchObject({ status: "stopped" });
    expect(await server.ended(two, other.answer.id)).toMatchObject({ status: "stopped" });
  });

  it("go out in one file", async () => {
    server = await serveTemporarily();
    const [one] = [await chat("one"), await chat("two")];
    const exported = exportFile.parse(await must("POST", `${ALL}/export`, { ids: [one] }));
    expect(exported.conversations.map(({ title }) => title)).toEqual(["one"]);
  });
});
