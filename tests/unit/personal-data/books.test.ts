/** The books of conversations in a real database, sealed with real keys; on PostgreSQL as well. */
import { beforeEach, describe, expect, test } from "vitest";
import { mask } from "../../../src/features/personal-data/mask.ts";
import { rightsOf } from "../../../src/features/personal-data/rights.ts";
import { Books } from "../../../src/features/personal-data/store.ts";
import { migrations } from "../../../src/features/personal-data/tables.ts";
import type { OpenDatabase } from "../../../src/storage/index.ts";
import { KeyVault, vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { MASTER_KEY } from "../../fixtures/vault.ts";

const ANA = "DNI 12345678Z y 612 345 678";
let opened: OpenDatabase & { home: string };
let vault: KeyVault;
let books: Books;

beforeEach(async () => {
  opened = await freshDatabase([vaultTables, { name: "personal-data", migrations }]);
  vault = vaultOf(opened);
  books = new Books(opened.db, vault);
});

const vaultOf = ({ db, kind }: Pick<OpenDatabase, "db" | "kind">) =>
  new KeyVault({ db, kind, source: { key: MASTER_KEY, home: "" } });

const rows = () => opened.db.selectFrom("placeholder").selectAll().execute();

describe("a book", () => {
  test("goes on where an earlier server has left it", async () => {
    expect(await mask(ANA, books.naming("ana", "c1"))).toBe("DNI [DNI_1] y [PHONE_1]");
    const other = new Books(opened.db, vaultOf(opened));
    const masked = await mask("612 345 678, 12345678-Z, 87654321X", other.naming("ana", "c1"));
    expect(masked).toBe("[PHONE_1], [DNI_1.2], [DNI_2]");
  });

  test("has no value in the clear, and none that opens elsewhere", async () => {
    await mask(ANA, books.naming("ana", "c1"));
    const stored = await rows();
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toMatch(/12345678|612/);
    await opened.db.updateTable("placeholder").set({ conversation: "c2" }).execute();
    await expect(books.entries("ana", "c2")).rejects.toMatchObject({ code: "text_unreadable" });
  });

  test("has a copy for the copy of a conversation, of which each goes its own way", async () => {
    await mask(ANA, books.naming("ana", "c1"));
    await books.copy({ owner: "ana", from: "c1", to: "c2" });
    expect(await books.entries("ana", "c2")).toEqual(await books.entries("ana", "c1"));
    expect(await mask("12345678Z, 87654321X", books.naming("ana", "c2"))).toBe("[DNI_1], [DNI_2]");
    expect(await books.entries("ana", "c1")).toHaveLength(2);
    await books.copy({ owner: "eva", from: "c1", to: "c3" });
    expect(await books.entries("eva", "c3")).toEqual([]);
  });

  test("belongs to one person", async () => {
    await mask(ANA, books.naming("ana", "c1"));
    expect(await books.entries("eva", "c1")).toEqual([]);
    expect(await books.conversations("eva")).toEqual([]);
  });

  test("gives every value one name, however many ask at once", async () => {
    const texts = Array.from({ length: 12 }, (_, at) => `+34 61234567${at % 10}, 12345678Z`);
    const masked = await Promise.all(texts.map((text) => mask(text, books.naming("ana", "c1"))));
    const entries = await books.entries("ana", "c1");
    expect(new Set(entries.map(({ name }) => name)).size).toBe(11);
    expect(new Set(entries.map(({ value }) => value)).size).toBe(11);
    const clear = new Map(entries.map(({ name, value }) => [name, value ?? ""]));
    const back = masked.map((text) =>
      text.replace(/\[[A-Z]+_\d+\]/g, (name) => clear.get(name) ?? ""),
    );
    expect(back).toEqual(texts);
  });

  test("keeps what was typed by hand, without a value", async () => {
    await mask("[DNI_3]", books.naming("ana", "c1"));
    expect(await rows()).toMatchObject([{ name: "[DNI_3]", sealed: null }]);
    expect(await mask("12345678Z", books.naming("ana", "c1"))).toBe("[DNI_4]");
  });
});

describe("rights", () => {
  test("what is behind the placeholders is given out and erased", async () => {
    await mask(ANA, books.naming("ana", "c1"));
    await mask(ANA, books.naming("eva", "c2"));
    const rights = rightsOf(books);
    const files = await Array.fromAsync(rights.collect("ana", "en"));
    expect(files.map(({ path }) => path)).toEqual(["personal-data/c1.json"]);
    expect(JSON.parse(String(files[0]?.content))).toContainEqual({
      name: "[DNI_1]",
      value: "12345678Z",
    });
    expect(await rights.erase("ana")).toMatchObject([{ what: "placeholders", count: 2 }]);
    expect(await rights.erase("ana")).toMatchObject([{ what: "placeholders", count: 0 }]);
    expect(await rows()).toHaveLength(2);
  });

  test("the book goes with its conversation", async () => {
    await mask(ANA, books.naming("ana", "c1"));
    await mask(ANA, books.naming("ana", "c2"));
    await books.forget(["c1", "nothing"]);
    await books.forget([]);
    expect(await books.conversations("ana")).toEqual(["c2"]);
  });

  test("who takes over can read it, and nobody else", async () => {
    await mask(ANA, books.naming("solo", "c1"));
    await rightsOf(books).giveTo?.("solo", "ana");
    await vault.destroy("solo");
    expect(await books.entries("solo", "c1")).toEqual([]);
    expect(await books.entries("ana", "c1")).toContainEqual({
      name: "[DNI_1]",
      value: "12345678Z",
    });
  });
});
