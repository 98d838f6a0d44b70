/** A key per person under one master key: found again, refused when wrong, changed, destroyed. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/storage/index.ts";
import { KeyVault, proofOf, vaultTables } from "../../../src/storage/vault/index.ts";
import type { MasterSource } from "../../../src/storage/vault/master.ts";
import { rotate } from "../../../src/storage/vault/rotate.ts";
import { freshDatabase } from "../../fixtures/databases.ts";

const HEX = "0123456789abcdef".repeat(4);
const BASE64 = Buffer.from(HEX, "hex").toString("base64");

/** A database in a folder, and vaults on it as if the program started again and again. */
async function place() {
  const { db, kind, home } = await freshDatabase();
  const open = (source: Partial<MasterSource> = {}) =>
    new KeyVault({ db, kind, source: { home, ...source } });
  await migrate(db, [vaultTables]);
  return { db, kind, home, open, own: join(home, "master.key") };
}

describe("a vault", () => {
  it("is one: of two that start at once with different keys, one is refused", async () => {
    const { open } = await place();
    const keys = [Buffer.from(HEX, "hex"), Buffer.alloc(32, 7)];
    const starts = keys.map((key) => open({ key: key.toString("base64") }).start());
    const ended = await Promise.allSettled(starts);
    expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [refused] = ended.flatMap((one) => (one.status === "rejected" ? one.reason : []));
    expect(refused).toMatchObject({ code: "master_key_wrong" });
  });

  it("makes no key of a person any more once the master key is another one", async () => {
    const { db, open } = await place();
    const vault = open();
    await vault.of("ana");
    await db
      .updateTable("master_key")
      .set({ proof: proofOf(Buffer.alloc(32, 7)) })
      .execute();
    await expect(vault.of("leo")).rejects.toMatchObject({ code: "master_key_wrong" });
    const rows = await db.selectFrom("person_key").select("person").execute();
    expect(rows).toEqual([{ person: "ana" }]);
  });

  it("leaves no byte of a destroyed key in the database's files", async () => {
    const { db, home, kind, open } = await place();
    // The other database's files are its administrator's.
    if (kind === "postgres") return;
    const vault = open();
    await vault.of("ana");
    const { wrapped } = await db
      .selectFrom("person_key")
      .select("wrapped")
      .executeTakeFirstOrThrow();
    const files = () =>
      readdirSync(home).filter((name) => readFileSync(join(home, name)).includes(wrapped));
    expect(files()).not.toEqual([]);
    await vault.destroy("ana");
    expect(files()).toEqual([]);
  });

  it("opens after a start what it has sealed before it, for the same person and place", async () => {
    const { open } = await place();
    const sealed = (await open().of("ana")).seal("ñandú 😀", "here");
    const vault = open();
    expect((await vault.of("ana")).open(sealed, "here")).toBe("ñandú 😀");
    const unreadable = expect.objectContaining({ code: "text_unreadable" });
    for (const [person, where] of [
      ["ana", "there"],
      ["leo", "here"],
    ] as const) {
      const sealer = await vault.of(person);
      expect(() => sealer.open(sealed, where)).toThrow(unreadable);
    }
  });

  it("gives two who ask at once the same key, and keeps no key in clear", async () => {
    const { db, open } = await place();
    const vaults = [open(), open()];
    const sealers = await Promise.all(vaults.flatMap((one) => [one.of("ana"), one.of("ana")]));
    const sealed = sealers[0]?.seal("text", "here") ?? "";
    for (const sealer of sealers) expect(sealer.open(sealed, "here")).toBe("text");
    const rows = await db.selectFrom("person_key").selectAll().execute();
    expect(rows).toHaveLength(1);
  });

  it("forgets with the key, also in the hands of who had it", async () => {
    const { db, open } = await place();
    const vault = open();
    const sealer = await vault.of("ana");
    const sealed = sealer.seal("text", "here");
    await vault.destroy("ana");
    await vault.destroy("ana");
    const unreadable = expect.objectContaining({ code: "text_unreadable" });
    expect(() => sealer.open(sealed, "here")).toThrow(unreadable);
    expect(() => sealer.seal("more", "here")).toThrow(unreadable);
    expect(await db.selectFrom("person_key").selectAll().execute()).toEqual([]);
    const later = await vault.of("ana");
    expect(() => later.open(sealed, "here")).toThrow(unreadable);
  });
});

it("begins anew for a person whose key was destroyed", async () => {
  const { open } = await place();
  const vault = open();
  const before = (await vault.of("ana")).seal("x", "a");
  await vault.destroy("ana");
  const again = await vault.of("ana");
  expect(again.open(again.seal("y", "a"), "a")).toBe("y");
  expect(() => again.open(before, "a")).toThrow();
});

it("tries again for a person whose key could not be read", async () => {
  const { db, open } = await place();
  const vault = open();
  await vault.start();
  await db.schema.alterTable("person_key").renameTo("away").execute();
  await expect(vault.of("ana")).rejects.toThrow();
  await db.schema.alterTable("away").renameTo("person_key").execute();
  expect((await vault.of("ana")).seal("x", "a")).toBeTruthy();
});

it("leaves its key in no variable that other programs would be given", async () => {
  const { open } = await place();
  process.env.CHARLA_MASTER_KEY = HEX;
  try {
    await open({ key: HEX }).start();
    expect(process.env.CHARLA_MASTER_KEY).toBeUndefined();
  } finally {
    delete process.env.CHARLA_MASTER_KEY;
  }
});

it("changes nothing by a rotation from a key that is no longer the one", async () => {
  const { db, kind, home, open } = await place();
  const [one, late] = [open(), open()];
  await Promise.all([one.start(), late.start()]);
  await rotate(one, { db, kind }, home, undefined);
  await expect(rotate(late, { db, kind }, home, undefined)).rejects.toMatchObject({
    code: "master_key_wrong",
  });
  await open().start();
});

it("leaves no key behind that was being made when it was destroyed", async () => {
  const { db, open } = await place();
  const vault = open();
  const [sealer] = await Promise.all([vault.of("ana"), vault.destroy("ana")]);
  expect(() => sealer.seal("text", "here")).toThrow("cannot be opened");
  expect(await db.selectFrom("person_key").selectAll().execute()).toEqual([]);
});

describe("a master key", () => {
  it("is made at the first start, for this user alone, and found again", async () => {
    const { open, own } = await place();
    await open().start();
    const key = readFileSync(own, "utf8");
    expect(Buffer.from(key, "base64")).toHaveLength(32);
    if (process.platform !== "win32") expect(statSync(own).mode & 0o777).toBe(0o600);
    await open().start();
    expect(readFileSync(own, "utf8")).toBe(key);
  });

  it("comes from the variable, the file or the command, in this order", async () => {
    const { home, open, own } = await place();
    const file = join(home, "secret");
    writeFileSync(file, `${BASE64}\n`);
    // No shell reads it: the quotes reach the program.
    const command = `${process.execPath} -p '${HEX}'`;
    await open({ key: HEX, file: "nowhere", command: "nowhere" }).start();
    await open({ key: BASE64 }).start();
    await open({ file, command: "nowhere" }).start();
    await open({ command }).start();
    expect(existsSync(own)).toBe(false);
  });

  it.each([
    ["a variable with something else", { key: "secret-passphrase" }, "master_key_invalid"],
    ["a variable that is too short", { key: HEX.slice(2) }, "master_key_invalid"],
    ["a file that is not there", { file: "/nowhere/key" }, "master_key_missing"],
    ["a command that is not there", { command: "/nowhere/program" }, "master_key_missing"],
    ["a command that fails", { command: `${process.execPath} -e x` }, "master_key_missing"],
    [
      "a command that prints nothing",
      { command: `${process.execPath} -e 0` },
      "master_key_invalid",
    ],
  ])("from %s is refused without a word of it", async (_name, source, code) => {
    const { open } = await place();
    const thrown = await open(source)
      .start()
      .catch((error) => error);
    expect(thrown).toMatchObject({ code });
    if ("key" in source) expect(JSON.stringify(thrown) + thrown.stack).not.toContain(source.key);
  });

  it("that is wrong or gone stops the start, and nothing is changed", async () => {
    const { db, home, open, own } = await place();
    const sealed = (await open().of("ana")).seal("text", "here");
    const before = await db.selectFrom("person_key").selectAll().execute();
    await expect(open({ key: HEX }).start()).rejects.toMatchObject({ code: "master_key_wrong" });
    await expect(open({ key: HEX }).of("leo")).rejects.toMatchObject({ code: "master_key_wrong" });
    renameSync(own, join(home, "elsewhere"));
    await expect(open().start()).rejects.toMatchObject({ code: "master_key_missing" });
    expect(existsSync(own)).toBe(false);
    expect(await db.selectFrom("person_key").selectAll().execute()).toEqual(before);
    renameSync(join(home, "elsewhere"), own);
    expect((await open().of("ana")).open(sealed, "here")).toBe("text");
  });
});

describe("a rotation", () => {
  const sealFor = async (vault: KeyVault) =>
    Promise.all(["ana", "leo"].map(async (one) => (await vault.of(one)).seal(one, "here")));
  const expectReadable = async (vault: KeyVault, sealed: string[]) => {
    for (const [index, one] of ["ana", "leo"].entries()) {
      expect((await vault.of(one)).open(sealed[index] as string, "here")).toBe(one);
    }
  };

  it("puts a new key in the place of the own file, and the old one opens nothing", async () => {
    const { db, kind, home, open, own } = await place();
    const sealed = await sealFor(open());
    const old = readFileSync(own, "utf8").trim();
    expect(await rotate(open(), { db, kind }, home, undefined)).toEqual({ file: own, people: 2 });
    await expectReadable(open(), sealed);
    await expect(open({ key: old }).start()).rejects.toMatchObject({ code: "master_key_wrong" });
    expect(existsSync(`${own}.next`)).toBe(false);
  });

  it("moves to a file, which takes the own one's place", async () => {
    const { db, kind, home, open, own } = await place();
    const sealed = await sealFor(open());
    const file = join(home, "outside");
    await rotate(open(), { db, kind }, home, file);
    expect(existsSync(own)).toBe(false);
    await expectReadable(open({ file }), sealed);
    // From the environment it needs to be told where to, too.
    const key = readFileSync(file, "utf8").trim();
    const again = rotate(open({ key }), { db, kind }, home, undefined);
    await expect(again).rejects.toMatchObject({ code: "master_key_target_missing" });
    await expectReadable(open({ key }), sealed);
  });

  it("that was cut off goes on or is forgotten at the next start", async () => {
    const { db, kind, home, open, own } = await place();
    const sealed = await sealFor(open());
    const old = readFileSync(own, "utf8");
    // Before the database had changed: a new key lies beside, which opens nothing.
    writeFileSync(`${own}.next`, `${BASE64}\n`);
    await expectReadable(open(), sealed);
    // After it: the own file is still the old one.
    await rotate(open(), { db, kind }, home, undefined);
    renameSync(own, `${own}.next`);
    writeFileSync(own, old);
    await expectReadable(open(), sealed);
    expect(existsSync(`${own}.next`)).toBe(false);
    await expectReadable(open(), sealed);
  });

  it("from the wrong key changes nothing", async () => {
    const { db, kind, home, open } = await place();
    const sealed = await sealFor(open());
    const file = join(home, "outside");
    const wrong = rotate(open({ key: HEX }), { db, kind }, home, file);
    await expect(wrong).rejects.toMatchObject({ code: "master_key_wrong" });
    await expectReadable(open(), sealed);
  });
});
