/**
 * Systematic tampering: flip, drop, insert, reorder, truncate, swap, another key, another origin, over
 * checkpoints, proofs of growth, exports and documents (`verify.test.ts` has it for one receipt). Every
 * mutation is caught, and nothing that was not touched is accused.
 */
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReceiptFile } from "../../../src/core/receipts.ts";
import { toBase64, toHex, utf8 } from "../../../src/core/tlog/bytes.ts";
import { canonical, type Json, parseStrict } from "../../../src/core/tlog/canonical.ts";
import { formatCheckpoint, parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import {
  consistencyProof,
  type Hash,
  inclusionProof,
  leafHash,
  rootHash,
  treeOf,
  verifyConsistency,
} from "../../../src/core/tlog/merkle.ts";
import {
  formatNote,
  formatVerifier,
  type SigningKey,
  sign,
  type Verifier,
  verifierOf,
} from "../../../src/core/tlog/note.ts";
import { commitment, promptText } from "../../../src/features/provenance/verify/commitment.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";

interface Signer {
  readonly verifier: Verifier;
  readonly key: SigningKey;
}

async function signerOf(origin: string): Promise<Signer> {
  const pair = generateKeyPairSync("ed25519");
  const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return { verifier: verifierOf(origin, new Uint8Array(raw)), key };
}

const ORIGIN = "chat.example.org/log/1";
const PROMPT = [{ role: "user" as const, content: "¿Qué hace un faro?" }];
const salt = (n: number) => new Uint8Array(32).fill(n);

/** A log of answers in memory, whose receipts are of its state at some size. */
async function logOf(texts: readonly string[], signer: Signer) {
  const entries = texts.map((text, n) => ({
    ...{ v: 1, ts: "2026-11-29T00:00:00.000Z", kind: "answer", id: `rcpt-${n}`, model: "starter" },
    promptC: commitment(salt(n), "prompt", promptText(PROMPT)),
    answerC: commitment(salt(n + 1), "answer", text),
  }));
  const leaves = entries.map((entry) => leafHash(utf8(canonical(entry))));
  const read = treeOf(leaves);
  const noteOf = async (size: number, by: Signer = signer, root?: Hash) => {
    const { name } = by.verifier;
    const hash = root ?? rootHash(size, read);
    const text = formatCheckpoint({ origin: name, size, root: hash, extensions: [] });
    return formatNote({ text, signatures: [await sign(text, by.verifier, by.key)] });
  };
  const receipt = async (index: number, size = texts.length): Promise<ReceiptFile> => ({
    ...{ format: "charla.receipt", version: 1, entry: entries[index] as never, index },
    proof: inclusionProof(index, size, read).map(toBase64),
    checkpoint: await noteOf(size),
    key: formatVerifier(signer.verifier),
    salts: { prompt: toHex(salt(index)), answer: toHex(salt(index + 1)) },
    ...{ text: texts[index] ?? "", prompt: PROMPT },
  });
  return { leaves, read, noteOf, receipt };
}

const TEXTS = ["El faro da luz.", "A second answer, “quoted”.", "Three.", "Four.", "Five."];

async function world() {
  const signer = await signerOf(ORIGIN);
  const log = await logOf(TEXTS, signer);
  const keys = [signer.verifier];
  const verdict = async (given: unknown) =>
    (await verify(typeof given === "string" ? given : JSON.stringify(given), { keys })).verdict;
  return { signer, log, verdict };
}

/** Every way to do it to a text: a character flipped, dropped or put in, two exchanged, the rest cut. */
function* mutations(text: string, every = 1): Generator<string> {
  for (let at = 0; at < text.length; at += every) {
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (at % 5)));
    yield text.slice(0, at) + flipped + text.slice(at + 1);
    yield text.slice(0, at) + text.slice(at + 1);
    yield `${text.slice(0, at)}0${text.slice(at)}`;
    yield text.slice(0, at) + (text[at + 1] ?? "") + text[at] + text.slice(at + 2);
    yield text.slice(0, at);
  }
}

test("none of the untouched is accused, whatever the log's size, the place and the text", async () => {
  const signer = await signerOf(ORIGIN);
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((one) => one.isWellFormed());
  let looked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (texts) => {
      const log = await logOf(texts, signer);
      for (let index = 0; index < texts.length; index++) {
        const size = index + 1 + (looked % (texts.length - index));
        const given = JSON.stringify(await log.receipt(index, size));
        expect(await verify(given, { keys: [signer.verifier] })).toMatchObject({
          verdict: "holds",
        });
        looked++;
      }
    }),
    { numRuns: 200 },
  );
  expect(looked).toBeGreaterThan(1_000);
});

describe("a checkpoint", () => {
  test("with anything changed is not signed, or no checkpoint", async () => {
    const { log, verdict } = await world();
    const file = await log.receipt(1);
    expect(await verdict(file)).toBe("holds");
    for (const checkpoint of mutations(file.checkpoint)) {
      if (checkpoint === file.checkpoint) continue;
      expect(await verdict({ ...file, checkpoint }), checkpoint).not.toBe("holds");
    }
    const lines = file.checkpoint.split("\n");
    for (let one = 0; one < lines.length; one++) {
      for (let other = one + 1; other < lines.length; other++) {
        if (lines[one] === lines[other]) continue;
        const moved = lines.with(one, lines[other] ?? "").with(other, lines[one] ?? "");
        expect(await verdict({ ...file, checkpoint: moved.join("\n") })).not.toBe("holds");
      }
    }
  });

  test("of another size, of a fork, of another key or of another log proves nothing here", async () => {
    const { signer, log, verdict } = await world();
    const file = await log.receipt(1);
    const fork = await logOf(TEXTS.with(1, "Another."), signer);
    const [otherKey, otherLog] = [await signerOf(ORIGIN), await signerOf("other.example/log/2")];
    for (const checkpoint of [
      // Rolled back, or said to be larger or smaller than it is, by the log's own key.
      await log.noteOf(3),
      await log.noteOf(1),
      await log.noteOf(4, signer, rootHash(5, log.read)),
      await log.noteOf(9, signer, rootHash(5, log.read)),
      await fork.noteOf(5),
      await log.noteOf(5, otherKey),
      await log.noteOf(5, otherLog),
    ]) {
      expect(await verdict({ ...file, checkpoint }), checkpoint).not.toBe("holds");
    }
    for (const { verifier } of [otherKey, otherLog]) {
      const renamed = { ...file, key: formatVerifier(verifier) };
      expect(await verdict(renamed)).not.toBe("holds");
      const signed = {
        ...renamed,
        checkpoint: await log.noteOf(5, { verifier, key: otherKey.key }),
      };
      expect(await verdict(signed)).not.toBe("holds");
    }
    // An earlier state that has the entry is as good, with its own proof.
    expect(await verdict(await log.receipt(1, 3))).toBe("holds");
    const { proof } = await log.receipt(1, 3);
    expect(await verdict({ ...file, proof })).not.toBe("holds");
  });

  test("that a clock far off has stamped stays what it is: times are told, and decide nothing", async () => {
    const signer = await signerOf(ORIGIN);
    const log = await logOf(["One."], signer);
    const file = await log.receipt(0);
    for (const ts of ["1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "yesterday"]) {
      const entry = { ...file.entry, ts };
      const root = leafHash(utf8(canonical(entry as unknown as Json)));
      const checkpoint = await log.noteOf(1, signer, root);
      const given = JSON.stringify({ ...file, entry, checkpoint });
      expect(await verify(given, { keys: [signer.verifier] })).toMatchObject({ verdict: "holds" });
    }
  });
});

test("a proof of growth holds for one pair of states, and for no other", async () => {
  const signer = await signerOf(ORIGIN);
  const texts = Array.from({ length: 20 }, (_, n) => `Answer ${n}`);
  const [log, fork] = [await logOf(texts, signer), await logOf(texts.with(3, "Other"), signer)];
  const root = (size: number, of = log) => rootHash(size, of.read);
  for (let first = 1; first < 20; first++) {
    for (let second = first + 1; second <= 20; second++) {
      const proof = consistencyProof(first, second, log.read);
      const holds = (hashes: readonly Hash[], from = first, to = second, a = log, b = log) =>
        verifyConsistency(from, to, hashes, root(first, a), root(second, b));
      expect(holds(proof)).toBe(true);
      // Which root is of which size only the signature says, so sizes and roots go together.
      const between = (from: number, to: number) =>
        verifyConsistency(from, to, proof, root(from), root(to));
      const wrong: [string, boolean][] = [
        ["backwards", holds(proof, second, first)],
        ["a smaller log", first > 1 && between(first - 1, second)],
        ["a larger log", second < 20 && between(first, second + 1)],
        ["one too many", holds([...proof, root(1)])],
        ["one in front", holds([root(1), ...proof])],
        ["another end", holds(proof, first, second, log, fork) && second > 3],
        ["another beginning", first > 3 && holds(proof, first, second, fork, log)],
        ...proof.flatMap((hash, at): [string, boolean][] => [
          ["dropped", holds(proof.toSpliced(at, 1))],
          ["doubled", holds(proof.toSpliced(at, 0, hash))],
          [
            "flipped",
            holds(
              proof.with(
                at,
                hash.map((byte, n) => (n === at ? byte ^ 1 : byte)),
              ),
            ),
          ],
          ["moved", at > 0 && holds(proof.with(at, proof[0] as Hash).with(0, hash))],
        ]),
      ];
      for (const [what, held] of wrong) expect(held, `${first} ${second} ${what}`).toBe(false);
    }
  }
});

describe("an export", () => {
  const exported = (receipts: readonly ReceiptFile[]) => ({
    ...{ format: "charla.conversations", version: 1 },
    conversations: [
      {
        id: "c",
        messages: TEXTS.map((content, n) => ({ id: `m${n}`, role: "assistant", content })),
        receipts: receipts.map((one, n) => ({ message: `m${n}`, ...one, text: null })),
      },
    ],
  });
  const all = async (log: Awaited<ReturnType<typeof logOf>>) =>
    Promise.all(TEXTS.map((_, n) => log.receipt(n)));

  test("with anything in it changed says so, or says the same", async () => {
    const { log, verdict } = await world();
    const whole = JSON.stringify(exported(await all(log)));
    expect(await verdict(whole)).toBe("holds");
    const same = canonical(parseStrict(whole));
    const holding: string[] = [];
    for (const one of mutations(whole, 13)) {
      if ((await verdict(one)) !== "holds") continue;
      if (canonical(parseStrict(one)) !== same) holding.push(one);
    }
    // What no receipt is about: whose chat it is, and what the file calls it.
    const unproved = /"id":"c"|"version":1,"conv/;
    const [touched, ids] = [new Set<string>(), parseStrict(whole) as never];
    for (const one of holding) {
      const { conversations, ...rest } = parseStrict(one) as never as ReturnType<typeof exported>;
      const [chat] = conversations;
      const proved = (given: ReturnType<typeof exported>) => given.conversations[0]?.receipts;
      expect(proved({ ...rest, conversations })).toEqual(proved(ids));
      expect(chat?.messages.map(({ content }) => content)).toEqual(TEXTS);
      touched.add(one);
    }
    expect(whole).toMatch(unproved);
    expect(touched.size).toBeLessThan(40);
  });

  test("with receipts swapped, dropped, doubled or in another order is told from a whole one", async () => {
    const { log, verdict } = await world();
    const receipts = await all(log);
    for (let one = 0; one < receipts.length; one++) {
      for (let other = one + 1; other < receipts.length; other++) {
        const [a, b] = [receipts[one] as ReceiptFile, receipts[other] as ReceiptFile];
        const swapped = receipts.with(one, b).with(other, a);
        expect(await verdict(exported(swapped))).toBe("changed");
        expect(await verdict(exported(receipts.with(one, b)))).toBe("changed");
      }
      // Without a receipt an answer is not proved, and the report counts it.
      const given = exported(receipts);
      given.conversations[0]?.receipts.splice(one, 1);
      const report = await verify(JSON.stringify(given));
      expect(report).toMatchObject({ verdict: "holds", unproved: 1 });
    }
  });

  test("with an answer changed, dropped or exchanged is changed, or lacks a text", async () => {
    const { log, verdict } = await world();
    const receipts = await all(log);
    for (let at = 0; at < TEXTS.length; at++) {
      const messages = () => {
        const given = exported(receipts);
        return { given, list: given.conversations[0]?.messages ?? [] };
      };
      for (const content of mutations(TEXTS[at] ?? "")) {
        if (content.normalize("NFC") === TEXTS[at]) continue;
        const { given, list } = messages();
        list[at] = { id: `m${at}`, role: "assistant", content };
        expect(await verdict(given), content).toBe("changed");
      }
      const { given, list } = messages();
      list.splice(at, 1);
      expect(await verdict(given)).toBe("open");
    }
  });
});

test("a checkpoint says exactly what it says", async () => {
  const { log } = await world();
  const note = await log.noteOf(5);
  expect(parseCheckpoint(note)).toMatchObject({ origin: ORIGIN, size: 5 });
  for (const size of ["05", "+5", "5.0", "-5", "5 ", "", "9007199254740993", "5e0"]) {
    expect(() => parseCheckpoint(note.replace("\n5\n", `\n${size}\n`)), size).toThrow();
  }
});
