/** Files as they are kept: sealed, once, within limits, as long as something needs them. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { Files } from "../../../src/features/knowledge/store.ts";
import { sealing } from "../../fixtures/vault.ts";
import { opened } from "./opened.ts";

const TEXT = "The secret garden lies behind the orangery.";

test("a file is stored sealed, once for the same bytes, and given out as it came", async () => {
  const { db, call, read, give } = await opened();
  const file = await read("garden <b>.html", `<h1>Place</h1>${TEXT}`);
  expect(file).toMatchObject({ name: "garden <b>.html", state: "ready", passages: 1, chats: 0 });
  expect(file.digest).toBe(createHash("sha256").update(`<h1>Place</h1>${TEXT}`).digest("hex"));
  const same = await give("other.html", `<h1>Place</h1>${TEXT}`);
  expect(same).toMatchObject({ id: file.id, name: "garden <b>.html" });
  for (const table of ["knowledge_file", "knowledge_block"]) {
    const rows = JSON.stringify(
      await db
        .selectFrom(table as never)
        .selectAll()
        .execute(),
    );
    expect(rows).not.toMatch(/secret|garden|orangeri|Place/);
    expect(rows).not.toContain(file.digest);
    expect(Buffer.from(rows.replace(/[^\w+/]/g, ""), "base64").includes("secret")).toBe(false);
  }
  const content = await call("GET", `/api/files/${file.id}/content`);
  expect(content.text).toBe(`<h1>Place</h1>${TEXT}`);
  expect(Object.fromEntries(content.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "content-security-policy": expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
    "content-disposition": "attachment; filename*=UTF-8''garden%20%3Cb%3E.html",
  });
  const section = (await call("GET", `/api/files/${file.id}/sections?at=0`)).body;
  expect(section).toMatchObject({ at: 0, of: 1, place: { headings: ["Place"] }, text: TEXT });
  expect((await call("GET", `/api/files/${file.id}/sections?at=1`)).status).toBe(404);
});

test("a search finds passages in all files or in some, and says how many", async () => {
  const { call, read } = await opened();
  const one = await read("one.txt", TEXT);
  await read("two.txt", "Der Garten ist groß. Gardens cost money.");
  const search = async (body: object) => (await call("POST", "/api/files/search", body)).body;
  const found = await search({ query: "garden orangery" });
  expect(found.found).toBe(2);
  expect(found.passages[0]).toMatchObject({
    name: "one.txt",
    text: TEXT,
    from: 0,
    to: TEXT.length,
  });
  expect((await search({ query: "gardens", files: [one.id] })).found).toBe(1);
  expect(await search({ query: "submarine" })).toEqual({ passages: [], found: 0 });
});

test("a model may search them as a tool, whose answer counts as private and foreign", async () => {
  const { read, tools } = await opened();
  await read("garden.md", `# Place\n\n${TEXT}`);
  const [tool] = (await tools[0]?.(SOLO.id)) ?? [];
  expect(tool).toMatchObject({ name: "search_files", reads: ["private", "foreign"] });
  const { signal } = new AbortController();
  const ask = (owner: string, question: string) =>
    tool?.run(tool.check({ question }), { owner, conversation: "chat", signal });
  expect(await ask(SOLO.id, "Where is the orangery?")).toBe(`garden.md, Place:\n${TEXT}`);
  const nothing = "Nothing in the files has to do with it.";
  expect(await ask(SOLO.id, "submarine")).toBe(nothing);
  expect(await ask("eva", "Where is the orangery?")).toBe(nothing);
});

test("what is empty, too large or too much is refused, and nothing of it stays", async () => {
  const { call, give, db } = await opened({ file_mb: 1, person_mb: 2, person_files: 3 });
  const bytes = (letter: string, count: number) => Buffer.alloc(count, letter);
  expect(await give("a.txt", "")).toMatchObject({ error: { code: "file_without_text" } });
  expect(await give("a.txt", bytes("a", 1e6 + 1))).toMatchObject({
    error: { code: "file_too_large" },
  });
  await give("a.txt", bytes("a", 9e5));
  await give("b.txt", bytes("b", 9e5));
  expect(await give("c.txt", bytes("c", 9e5))).toMatchObject({ error: { code: "files_full" } });
  await give("d.txt", bytes("d", 10));
  expect(await give("e.txt", bytes("e", 10))).toMatchObject({ error: { code: "files_full" } });
  expect((await call("GET", "/api/files")).body).toMatchObject({ used: 18e5 + 10, most: 2e6 });
  const rows = await db
    .selectFrom("knowledge_file" as never)
    .selectAll()
    .execute();
  expect(rows).toHaveLength(3);
});

test("what cannot be read says why, and is read again when that is asked for", async () => {
  const { call, read } = await opened();
  const file = await read("broken.pdf", "%PDF-1.7 no more than that");
  expect(file).toMatchObject({ state: "failed", error: { code: "file_broken" } });
  expect((await call("GET", `/api/files/${file.id}/sections`)).body.error.code).toBe(
    "file_not_found",
  );
  const again = (await call("POST", `/api/files/${file.id}/read`)).body;
  expect(again.name).toBe("broken.pdf");
  const state = async () => (await call("GET", `/api/files/${file.id}`)).body.state;
  await expect.poll(state, { timeout: 60_000 }).toBe("failed");
});

test("a file goes with the last chat that has it, or after a day without any, unless it is kept", async () => {
  const { db, kind, call, read } = await opened();
  const [shared, kept, alone] = [
    await read("a.txt", "aaa"),
    await read("b.txt", "bbb"),
    await read("c.txt", "c"),
  ];
  const files = new Files(sealing({ db, kind }).db, sealing({ db, kind }).vault, {
    ...{ file_mb: 1, person_mb: 1, person_files: 9, lending: true },
  });
  await files.use([shared.id, kept.id], "chat 1");
  await files.copyUses("chat 1", "chat 2");
  await call("PATCH", `/api/files/${kept.id}`, { kept: true });
  const ids = async () => (await files.list(SOLO.id)).map(({ id }) => id).toSorted();
  await files.forget(["chat 1"]);
  expect(await ids()).toEqual([shared.id, kept.id, alone.id].toSorted());
  await files.forget(["chat 2"]);
  expect(await ids()).toEqual([kept.id, alone.id].toSorted());
  expect(await files.sweep()).toBe(0);
  expect(await files.sweep(Date.now() + 25 * 3_600_000)).toBe(1);
  expect(await ids()).toEqual([kept.id]);
  expect(
    await db
      .selectFrom("knowledge_use" as never)
      .selectAll()
      .execute(),
  ).toEqual([]);
});
