/** Everything about a person in one archive that any program can open. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import type { ArchiveFile, Rights } from "../../../src/core/rights.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { collect, zip } from "../../../src/features/rights/archive.ts";
import { rightsPolicy } from "../../../src/features/rights/policy.ts";
import { rows, start, temporaryHome } from "./product.ts";

async function* each(files: readonly ArchiveFile[]): AsyncGenerator<ArchiveFile> {
  yield* files;
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(bytes));
}

const source = (files: readonly ArchiveFile[]): Rights => ({
  collect: () => each(files),
  erase: async () => [],
});

const subject = {
  ...{ person: "ana", remote: undefined, policy: rightsPolicy.parse({}) },
  language: "en" as const,
};

test("whatever is put into an archive comes out of it", async () => {
  const name = fc.stringMatching(/^[a-z0-9]{1,8}\/[a-z0-9]{1,8}\.json$/);
  const content = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 300_000, size: "max" }),
  );
  const files = fc.uniqueArray(fc.record({ path: name, content }), {
    maxLength: 5,
    selector: ({ path }) => path,
  });
  await fc.assert(
    fc.asyncProperty(files, async (list) => {
      const found = unzipSync(await whole(zip(each(list))));
      expect(Object.keys(found)).toEqual(list.map(({ path }) => path));
      for (const { path, content } of list) {
        expect(Buffer.from(found[path] ?? []).equals(Buffer.from(content as string))).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test.each(["../up.md", "/etc/x", "a\\b", "a//b", "a/../b", "", "a\0b", "A.md", ".hidden", "C:x"])(
  "no feature can put a file at %j",
  async (path) => {
    const files = collect(subject, [source([{ path, content: "x" }])]);
    await expect(whole(zip(files))).rejects.toThrow("no name for a file");
  },
);

test.each(["a.md", "index.html", "manifest.json"])("no name is given twice: %s", async (path) => {
  const one = { path, content: "x" };
  await expect(whole(zip(collect(subject, [source([one]), source([one])])))).rejects.toThrow();
});

test("what features call their files and people is text in the index, and nothing else", async () => {
  const person = `<img src=x onerror="alert(1)">&`;
  const remote = "https://models.example/v1?a=<b>";
  const files = await Array.fromAsync(collect({ ...subject, person, remote }, []));
  const index = files.find(({ path }) => path === "index.html")?.content as string;
  expect(index).not.toMatch(/<img|<b>/);
  expect(index).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;");
  expect(index).toContain("every chat is sent to https://models.example/v1?a=&lt;b&gt;");
});

test("the product gives out its chats, for people and for machines, in the person's language", async () => {
  const product = await start(await temporaryHome(), { engines: only(scripted()) });
  const chat = await product.json("POST", "/api/conversations", {});
  await product.ask(chat.id, "¿Dónde vive la señora Quintanilla?");
  const response = await product.send("POST", "/api/rights/export", { language: "es" });
  expect(response.headers.get("content-type")).toBe("application/zip");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-disposition")).toMatch(
    /^attachment; filename="charla-\d{4}-\d\d-\d\d\.zip"$/,
  );
  const files = unzipSync(await response.bytes());
  const read = (path: string) => strFromU8(files[path] ?? new Uint8Array());
  const index = read("index.html");
  expect(index).toContain('<html lang="es">');
  expect(index).toContain("Lo que se guarda de ti aquí");
  expect(read(`conversations/${chat.id}.md`)).toContain("señora Quintanilla");
  const json = JSON.parse(read(`conversations/${chat.id}.json`));
  expect(json.conversations[0].messages[0].content).toContain("señora Quintanilla");
  const acts = JSON.parse(read("audit/acts.json"));
  expect(acts.at(-1)).toMatchObject({ actor: "solo", act: "person.exported", subject: "solo" });

  const manifest = JSON.parse(read("manifest.json"));
  expect(manifest).toMatchObject({ format: "charla.person", version: 1, person: "solo" });
  const listed = manifest.files.map(({ path }: { path: string }) => path);
  expect([...listed, "manifest.json", "index.html"].sort()).toEqual(Object.keys(files).sort());
  for (const { path, bytes, sha256 } of manifest.files) {
    expect(files[path]).toHaveLength(bytes);
    expect(hash("sha256", files[path] as Uint8Array, "hex")).toBe(sha256);
    expect(index).toContain(`href="${path}"`);
  }
});

test("a person gets one archive at a time, and the next one when it was left", async () => {
  const product = await start(await temporaryHome(), { engines: only(scripted()) });
  for (let chats = 0; chats < 40; chats++) {
    const settings = { systemPrompt: randomText(90_000) };
    await product.json("POST", "/api/conversations", { settings });
  }
  const first = await product.send("POST", "/api/rights/export", {});
  const second = await product.send("POST", "/api/rights/export", {});
  expect(await second.json()).toMatchObject({ error: { code: "export_running" } });
  await first.body?.cancel();
  const again = async () => (await product.send("POST", "/api/rights/export", {})).status;
  await expect.poll(again).toBe(200);
});

test("the page is told what is kept, and for how long", async () => {
  const product = await start(await temporaryHome(), { engines: only(scripted()) });
  expect(await product.json("GET", "/api/rights")).toEqual({
    person: "solo",
    name: null,
    auditMonths: 6,
    unusedChatDays: null,
    deletedChatMinutes: 10,
    backupDays: 30,
    sentTo: null,
  });
});

/** That no compression makes small. */
function randomText(length: number): string {
  let text = "";
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
}

test("an archive that fails half-way is cut off and logged, and the next one can be had", async () => {
  const home = await temporaryHome();
  const product = await start(home, { engines: only(scripted()) });
  const chat = await product.json("POST", "/api/conversations", {});
  await product.ask(chat.id, "Hello");
  const [stored] = await rows(home, "select content from message where role = 'user'");
  const write = async (content: string) => {
    using database = new DatabaseSync(join(home, "charla.db"));
    database.prepare("update message set content = ? where role = 'user'").run(content);
  };
  // What does not open with its owner's key is nothing that could be given out.
  await write(`${stored.content.slice(0, -4)}AAAA`);
  const response = await product.send("POST", "/api/rights/export", {});
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect(product.logged.join()).toContain("an export was cut off");
  await write(stored.content);
  const again = await product.send("POST", "/api/rights/export", {});
  expect(Object.keys(unzipSync(await again.bytes()))).toContain(`conversations/${chat.id}.md`);
});
