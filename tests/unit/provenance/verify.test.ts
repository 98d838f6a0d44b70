/** The offline verifier: what was not touched holds, and what was touched in any way does not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHouse } from "../../../src/app/house.ts";
import { readConfig } from "../../../src/config.ts";
import { type Answered, type ReceiptFile, remark } from "../../../src/core/receipts.ts";
import { canonical, type Json, parseStrict } from "../../../src/core/tlog/canonical.ts";
import {
  formatVerifier,
  parseVerifier,
  type Verifier,
  verifierOf,
} from "../../../src/core/tlog/note.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { Keeper } from "../../../src/features/provenance/receipts/keeper.ts";
import { messages } from "../../../src/features/provenance/verify/messages.ts";
import { tell } from "../../../src/features/provenance/verify/tell.ts";
import { difference, verify } from "../../../src/features/provenance/verify/verify.ts";
import { CLI, start, temporary } from "../../fixtures/charla.ts";

const TEXTS = ["El faro da luz.", "A second answer, with “quotes” and an é.", "Three.", "Four."];
const ASKED = [{ role: "user" as const, content: "¿Qué hace un faro?" }];

interface Server {
  readonly files: readonly ReceiptFile[];
  readonly erased: ReceiptFile;
  readonly key: Verifier;
}

/** Receipts as a server gives them out. */
async function serverOf(host: string): Promise<Server> {
  const home = mkdtempSync(join(tmpdir(), "charla-verify-"));
  homes.push(home);
  const config = readConfig({ engine: "scripted", port: 0, home }, {});
  await using house = await openHouse({ ...config, publicUrl: `https://${host}` }, () => {});
  const { db, vault, ledger, settings } = house.of(provenance);
  const keeper = new Keeper({ db, vault, ledger, settings });
  const about = (text: string, owner: string, index: number): Answered => ({
    ...{ owner, text, messages: ASKED, status: "done", seed: index, tokens: 5 },
    at: { conversation: `c${index}`, message: `m${index}` },
    ...{ model: { name: "starter" }, sampling: { temperature: 1, topP: 1, maxTokens: 9 } },
  });
  const ids: string[] = [];
  for (const [index, text] of [...TEXTS, "to be erased"].entries()) {
    const one = await keeper.make(about(text, index < TEXTS.length ? "ana" : "eva", index));
    await db.transaction().execute((trx) => one.store(trx));
    ids.push(one.id);
  }
  await keeper.erase("eva");
  const files: ReceiptFile[] = [];
  for (const [index, text] of TEXTS.entries()) {
    const file = await keeper.file("ana", ids[index] ?? "", { text, messages: ASKED });
    if (file) files.push(file);
  }
  const key = parseVerifier((await ledger.keys())[0]?.verifier ?? "");
  return { files, erased: await keeper.proved(TEXTS.length), key };
}

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

let own: Server;
let other: Server;
let file: ReceiptFile;
beforeAll(async () => {
  own = await serverOf("one.example");
  other = await serverOf("other.example");
  file = own.files[1] as ReceiptFile;
});

const json = (value: unknown) => JSON.stringify(value, null, 2);
const verdict = async (given: string | Uint8Array) =>
  (await verify(given, { keys: [own.key] })).verdict;
/** The same value, however its text differs. */
const isSame = (one: string, value: unknown) => {
  try {
    return canonical(parseStrict(one)) === canonical(value as Json);
  } catch {
    return false;
  }
};

describe("what was not touched", () => {
  test("holds, in a file, in an export and in a document", async () => {
    expect(own.files).toHaveLength(TEXTS.length);
    for (const one of own.files) expect(await verdict(json(one))).toBe("holds");
    expect(await verdict(exported(own.files))).toBe("holds");
    expect(await verdict(markdown(own.files))).toBe("holds");
    expect(await verdict(markdown(own.files).replaceAll("\n", "\r\n"))).toBe("holds");
    // Without a key from elsewhere the report says whose word it takes.
    const { verdict: bare, receipts } = await verify(json(file));
    expect(bare).toBe("holds");
    expect(receipts[0]?.findings).toContainEqual(
      expect.objectContaining({ what: "key", state: "open" }),
    );
  });

  test("is erased, and not accused, where the log says so", async () => {
    expect(await verdict(json(own.erased))).toBe("erased");
    const { erasure, ...rest } = own.erased;
    expect(await verdict(json(rest))).toBe("open");
    expect(await verdict(json({ ...file, erasure }))).toBe("changed");
    const moved = { ...own.erased, erasure: { ...erasure, index: file.index } };
    expect(await verdict(json(moved))).toBe("changed");
  });

  test("is open where the text is left out, and holds with the text beside it", async () => {
    const bare = json({ ...file, text: null, prompt: null, salts: { answer: file.salts.answer } });
    expect(await verdict(bare)).toBe("open");
    const text = file.text ?? "";
    expect((await verify(bare, { keys: [own.key], text })).verdict).toBe("holds");
    expect((await verify(bare, { keys: [own.key], text: `${text}!` })).verdict).toBe("changed");
  });
});

describe("what was touched does not hold", () => {
  test("any byte of the file, by any bit, unless it says the same", async () => {
    const whole = new TextEncoder().encode(json(file));
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 7));
      const text = new TextDecoder().decode(bytes);
      if (isSame(text, file)) continue;
      expect(await verdict(bytes), text.slice(Math.max(0, at - 30), at + 30)).not.toBe("holds");
    }
  });

  test("cut off at any place", async () => {
    const whole = json(file);
    for (let to = 0; to < whole.length; to += 7) {
      expect(await verdict(whole.slice(0, to))).not.toBe("holds");
    }
  });

  test("any member dropped, put in, or given another kind", async () => {
    for (const [path, holder] of holders(file as unknown as Json)) {
      for (const name of Object.keys(holder)) {
        // Who keeps the question to themselves may drop its salt with it; the report says so.
        if (path === "salts" && name === "prompt") continue;
        const { [name]: _, ...dropped } = holder;
        expect(await verdict(json(put(path, dropped))), `${path}.${name}`).not.toBe("holds");
        for (const value of [null, "", 7, [], {}, [null], true]) {
          const mutated = put(path, { ...holder, [name]: value });
          if (isSame(json(mutated), file) || (path === "" && name === "prompt" && value === null))
            continue;
          const said = `${path}.${name} = ${json(value)}`;
          expect(await verdict(json(mutated)), said).not.toBe("holds");
        }
      }
      const more = put(path, { ...holder, more: "1" });
      expect(await verdict(json(more)), `${path}.more`).not.toBe("holds");
    }
  });

  test("hashes of the proof dropped, doubled, put in or in another order", async () => {
    const { proof } = file;
    expect(proof.length).toBeGreaterThan(1);
    const mutations = [
      proof.slice(1),
      proof.slice(0, -1),
      [...proof, proof[0]],
      [proof[0], ...proof],
      [...proof].reverse(),
      [],
    ];
    for (const one of mutations)
      expect(await verdict(json({ ...file, proof: one }))).toBe("changed");
  });

  test("members swapped between receipts of one log, and of two", async () => {
    for (const from of [own.files[0], own.files[2], other.files[1], own.erased]) {
      for (const [name, value] of Object.entries(from ?? {})) {
        const swapped = { ...file, [name]: value };
        if (isSame(json(swapped), file) || (name === "prompt" && value === null)) continue;
        expect(await verdict(json(swapped)), name).not.toBe("holds");
      }
    }
  });

  test("another key, and another origin", async () => {
    const foreign = json(other.files[1]);
    expect(await verdict(foreign)).toBe("changed");
    const why = async (given: string) =>
      (await verify(given, { keys: [own.key] })).receipts[0]?.findings.find(
        ({ what }) => what === "key",
      );
    expect(await why(foreign)).toMatchObject({ state: "no", why: "origin" });
    const again = verifierOf(own.key.name, other.key.key);
    const renamed = json({ ...file, key: formatVerifier(again) });
    expect(await verdict(renamed)).toBe("changed");
    expect(await why(renamed)).toMatchObject({ state: "no", why: "key" });
  });

  test("a text that was changed anywhere", async () => {
    const text = file.text ?? "";
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(3), fc.string(), async (at, drop, put) => {
        const mutated = text.slice(0, at) + put + text.slice(at + drop);
        const same = mutated.normalize("NFC") === text.normalize("NFC");
        expect((await verdict(json({ ...file, text: mutated }))) === "holds").toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  test("an export whose receipts were swapped, and a document that shows another text", async () => {
    const [first, second, ...rest] = own.files as [ReceiptFile, ReceiptFile, ...ReceiptFile[]];
    expect(await verdict(exported([second, first, ...rest]))).toBe("changed");
    const document = markdown(own.files);
    const shown = document.replace("El faro da luz.", "El faro no da luz.");
    expect(await verdict(shown)).toBe("changed");
    expect(await verdict(document.slice(0, -20))).toBe("broken");
  });
});

test("says which words of a text are others", () => {
  expect(difference("one two three", "one 2 three")).toEqual({ was: "two", is: "2" });
  expect(difference("one two", "one two three")).toEqual({ was: "", is: " three" });
  expect(difference("same", "same")).toBeUndefined();
});

describe("bad input", () => {
  const utf16 = (): Uint8Array => new Uint8Array(Buffer.from(json(file), "utf16le"));
  test.each([
    ["nothing", () => "", "broken", "empty"],
    ["a key twice", () => json(file).replace("{", '{"text": "x",'), "broken", "json"],
    ["UTF-16", utf16, "broken"],
    ["Latin-1", () => new Uint8Array(Buffer.from("é", "latin1")), "broken", "encoding"],
    ["a list", () => "[]", "broken", "foreign"],
    ["other JSON", () => '{"format":"other"}', "broken", "foreign"],
    ["brackets alone", () => "[".repeat(100_000), "broken", "json"],
    [
      "a number above 2^53",
      () => json(file).replace('"index": 1', '"index": 9007199254740993'),
      "broken",
      "json",
    ],
    ["too much", () => new Uint8Array(65 * 1024 * 1024), "broken", "size"],
    ["a newer receipt", () => json({ ...file, version: 2, extra: 1 }), "newer"],
    ["a newer entry", () => json({ ...file, entry: { ...file.entry, v: 2 } }), "newer"],
    ["a text", () => "Just some words.", "open"],
    ["no note", () => json({ ...file, checkpoint: "x" }), "broken"],
  ] as [string, () => string | Uint8Array, string, string?][])(
    "%s",
    async (_name, given, expected, problem) => {
      const report = await verify(given(), { keys: [own.key] });
      expect(report.verdict).toBe(expected);
      if (problem) expect(report.problem).toBe(problem);
      for (const language of ["en", "es"] as const) {
        const { title, meaning } = tell(report, language);
        expect(title && meaning).not.toMatch(/[{}]|undefined/);
      }
    },
  );

  test("anything else, without an error", async () => {
    const given = fc.oneof(fc.string(), fc.uint8Array(), fc.json());
    await fc.assert(
      fc.asyncProperty(given, async (one) => {
        expect((await verify(one)).verdict).not.toBe("holds");
      }),
    );
    const start = { format: "charla.conversations" };
    const inside = fc.json().map((one) => json({ ...start, conversations: [JSON.parse(one)] }));
    await fc.assert(fc.asyncProperty(inside, async (one) => void (await verify(one))));
  });
});

test("has words in both languages for every finding", async () => {
  const said = [own.files[0], own.erased, other.files[0]];
  for (const language of ["en", "es"] as const) {
    for (const one of said) {
      const { receipts } = tell(await verify(json(one), { keys: [own.key] }), language);
      for (const { lines } of receipts) {
        expect(lines.length).toBeGreaterThan(3);
        for (const { text } of lines) expect(text).not.toMatch(/[{}]|undefined/);
      }
    }
  }
  expect(Object.keys(messages.es)).toEqual(Object.keys(messages.en));
});

describe("charla verify", () => {
  const run = async (args: readonly string[], input?: string) => {
    const child = start(process.execPath, [CLI, "verify", ...args], { env: { LANG: "en_US" } });
    child.stdin?.end(input);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        said += chunk;
      });
    }
    const code = await new Promise((resolve) => child.once("close", resolve));
    return { code, said };
  };

  test("exits with 0, 1 and 2", async () => {
    const path = join(temporary(), "receipt.json");
    writeFileSync(path, json(file));
    const key = formatVerifier(own.key);
    expect(await run([path, "--key", key])).toMatchObject({
      code: 0,
      said: expect.stringContaining("Proved: the answer is unchanged."),
    });
    const { code, said } = await run(["-", "--json"], json({ ...file, text: "other" }));
    expect(code).toBe(1);
    expect(JSON.parse(said)).toMatchObject({ holds: false, verdict: "changed" });
    const held = join(temporary(), "text.txt");
    writeFileSync(held, (file.text ?? "").replace("second", "third"));
    expect((await run([path, "--text", held])).said).toContain(
      "has “second”, your text has “third”",
    );
    expect((await run([join(temporary(), "none.json")])).code).toBe(2);
    expect((await run([path, "--key", "nonsense"])).code).toBe(2);
    expect((await run([])).code).toBe(2);
  });
});

/** As an export of a chat has them: beside the messages, without texts of their own. */
function exported(receipts: readonly ReceiptFile[]): string {
  const messages = TEXTS.map((content, index) => ({ id: `m${index}`, role: "assistant", content }));
  const beside = receipts.map((one, index) => ({ message: `m${index}`, ...one, text: null }));
  const conversations = [{ id: "c", messages, receipts: beside }];
  return json({ format: "charla.conversations", version: 1, conversations });
}

function markdown(receipts: readonly ReceiptFile[]): string {
  const shown = TEXTS.map((text) => `## starter\n\n${text}`).join("\n\n");
  const beside = receipts.map((one, index) => ({ message: `m${index}`, ...one }));
  return `# Title\n\n${shown}\n\n${remark(beside)}\n`;
}

type Holder = Readonly<Record<string, Json>>;

/** Every object within, by its path. */
function* holders(value: Json, path = ""): Generator<readonly [path: string, Holder]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  yield [path, value as Holder];
  for (const [name, one] of Object.entries(value)) yield* holders(one, name);
}

const put = (path: string, holder: Holder) => (path === "" ? holder : { ...file, [path]: holder });
