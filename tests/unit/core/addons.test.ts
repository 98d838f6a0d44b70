/** Packages that are fetched later, by the real npm, from a package that is made here. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { type Addon, entryOf, fetchAddon, removeAddon } from "../../../src/core/addons.ts";
import { ended, start, temporary } from "../../fixtures/charla.ts";

const never = new AbortController().signal;

/** A package that says a word, as an add-on whose lock has its digest. */
async function saying(word: string, digest?: string): Promise<Addon> {
  const folder = temporary();
  const [name, version] = ["charla-test-word", "1.0.0"];
  const manifest = { name, version, type: "module", exports: "./index.js" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "index.js"), `export const word = ${JSON.stringify(word)};`);
  const packed = await ended(start("npm", ["pack", "--silent"], { cwd: folder }));
  expect(packed.code, packed.stderr).toBe(0);
  const file = join(folder, `${name}-${version}.tgz`);
  const hash = createHash("sha512").update(readFileSync(file)).digest("base64");
  const at = pathToFileURL(file).href;
  const root = { name: "addon", dependencies: { [name]: at } };
  const locked = { version, resolved: at, integrity: digest ?? `sha512-${hash}` };
  return {
    name: "word",
    manifest: { ...root, private: true },
    lock: {
      ...{ name: "addon", lockfileVersion: 3, requires: true },
      packages: { "": root, [`node_modules/${name}`]: locked },
    },
    entry: 'export { word } from "charla-test-word";\n',
    bytes: 1_000,
  };
}

const fetched = async (home: string, addon: Addon): Promise<string> =>
  (await import(pathToFileURL((await entryOf(home, addon)) ?? "").href)).word;

test("is fetched once, replaced by another version, and removed", async () => {
  const home = temporary();
  const first = await saying("one");
  expect(await entryOf(home, first)).toBeUndefined();
  await fetchAddon(home, first, () => {}, never);
  expect(await fetched(home, first)).toBe("one");
  const second = await saying("two");
  expect(await entryOf(home, second)).toBeUndefined();
  await fetchAddon(home, second, () => {}, never);
  expect(readdirSync(join(home, "addons"))).toEqual(["word"]);
  const entry = readFileSync(join(home, "addons/word/node_modules/charla-test-word/index.js"));
  expect(entry.toString()).toContain("two");
  await removeAddon(home, second);
  expect(readdirSync(join(home, "addons"))).toEqual([]);
});

test("a package with another digest is refused, and nothing of it stays", async () => {
  const home = temporary();
  const other = `sha512-${createHash("sha512").update("other").digest("base64")}`;
  const addon = await saying("evil", other);
  const refused = fetchAddon(home, addon, () => {}, never);
  await expect(refused).rejects.toMatchObject({ code: "addon_failed", retryable: true });
  expect(readdirSync(join(home, "addons"))).toEqual([]);
  await expect(refused).rejects.toThrow(/integrity/i);
});

test("ends when nobody waits any more", async () => {
  const home = temporary();
  const addon = await saying("late");
  const leave = new AbortController();
  const fetching = fetchAddon(home, addon, () => {}, leave.signal);
  leave.abort(new Error("left"));
  await expect(fetching).rejects.toThrow("left");
  expect(existsSync(join(home, "addons/word"))).toBe(false);
});
