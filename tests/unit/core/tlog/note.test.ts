/** Signed notes, checkpoints and cosignatures, by the examples of their specifications. */
import { createPrivateKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64, toBase64 } from "../../../../src/core/tlog/bytes.ts";
import { formatCheckpoint, parseCheckpoint } from "../../../../src/core/tlog/checkpoint.ts";
import {
  cosign,
  formatNote,
  formatVerifier,
  isSignedBy,
  parseNote,
  parseVerifier,
  type SigningKey,
  sign,
  verifierOf,
} from "../../../../src/core/tlog/note.ts";

/** c2sp.org/signed-note, "Example". */
const FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE =
  "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/** The documentation of golang.org/x/mod/sumdb/note. */
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETERS_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETERS_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETERS_NOTE = `${PETERS_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

/** An Ed25519 key of 32 bytes in its envelope (RFC 8410). */
function signingKey(seed: Uint8Array): Promise<SigningKey> {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return crypto.subtle.importKey("pkcs8", der, "Ed25519", false, ["sign"]);
}

async function newKey(name: string, options?: { witness: boolean }) {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { publicKey, privateKey } = pair as { publicKey: SigningKey; privateKey: SigningKey };
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { verifier: verifierOf(name, raw, options), key: privateKey };
}

describe("the published examples", () => {
  test.each([
    [FOO, FOO_NOTE],
    [PETER, PETERS_NOTE],
  ])("hold: %s", async (key, note) => {
    const verifier = parseVerifier(key);
    expect(formatVerifier(verifier)).toBe(key);
    expect(formatNote(parseNote(note))).toBe(note);
    expect(await isSignedBy(parseNote(note), verifier)).toBe(true);
    expect(await isSignedBy(parseNote(`x${note}`), verifier)).toBe(false);
  });

  test("are signed again with the same bytes", async () => {
    const seed = (fromBase64(PETERS_SEED) as Uint8Array).subarray(1);
    const verifier = parseVerifier(PETER);
    const signature = await sign(PETERS_TEXT, verifier, await signingKey(seed));
    expect(formatNote({ text: PETERS_TEXT, signatures: [signature] })).toBe(PETERS_NOTE);
  });

  test("a key that has signed twice, in two ways, has signed nothing", async () => {
    const { text, signatures } = parseNote(FOO_NOTE);
    const [right] = signatures;
    if (!right) throw new TypeError("no signature");
    const wrong = { ...right, bytes: right.bytes.map((byte) => byte ^ 1) };
    const verifier = parseVerifier(FOO);
    expect(await isSignedBy({ text, signatures: [right, right] }, verifier)).toBe(true);
    expect(await isSignedBy({ text, signatures: [right, wrong] }, verifier)).toBe(false);
    expect(await isSignedBy({ text, signatures: [wrong, right] }, verifier)).toBe(false);
    const named = { ...right, name: "example.com/other" };
    expect(await isSignedBy({ text, signatures: [named] }, verifier)).toBe(false);
  });

  test("of a text with empty lines the last one ends it, and a checkpoint has none", () => {
    const [signature = ""] = FOO_NOTE.trimEnd().split("\n").slice(-1);
    expect(parseNote(`a\n\nb\n\n${signature}\n`).text).toBe("a\n\nb\n");
    const lines = ["log.example", "1", Buffer.alloc(32).toString("base64")];
    const checkpoint = (more: readonly string[]) =>
      parseCheckpoint(`${[...lines, ...more].join("\n")}\n\n${signature}\n`);
    expect(checkpoint(["more"]).extensions).toEqual(["more"]);
    expect(() => checkpoint(["", "more"])).toThrow(
      expect.objectContaining({ code: "checkpoint_invalid" }),
    );
  });

  test("other keys have signed nothing", async () => {
    expect(await isSignedBy(parseNote(FOO_NOTE), parseVerifier(PETER))).toBe(false);
    const other = await newKey("example.com/foo");
    expect(await isSignedBy(parseNote(FOO_NOTE), other.verifier)).toBe(false);
  });
});

const ROOT = randomBytes(32);

test("a checkpoint is written and read, with a witness beside the log", async () => {
  const log = await newKey("example.org/log");
  const witness = await newKey("witness.example.org", { witness: true });
  const text = formatCheckpoint({ origin: "example.org/log", size: 7, root: ROOT, extensions: [] });
  expect(text).toBe(`example.org/log\n7\n${toBase64(ROOT)}\n`);
  const own = await sign(text, log.verifier, log.key);
  const theirs = await cosign(text, witness.verifier, witness.key, 1_796_000_000);
  const source = formatNote({ text, signatures: [own, theirs] });
  const { note, ...read } = parseCheckpoint(source);
  expect(read).toEqual({
    origin: "example.org/log",
    size: 7,
    root: Uint8Array.from(ROOT),
    extensions: [],
  });
  expect(await isSignedBy(note, log.verifier)).toBe(true);
  expect(await isSignedBy(note, witness.verifier)).toBe(true);
  // A witness's key signs no checkpoints, and a log's cosigns none.
  const swapped = { ...witness.verifier, kind: 1 };
  expect(await isSignedBy(note, swapped)).toBe(false);
  const later = theirs.bytes.slice();
  later[7] = (later[7] as number) + 1;
  const moved = { text, signatures: [own, { ...theirs, bytes: later }] };
  expect(await isSignedBy(moved, witness.verifier)).toBe(false);
});

test("every flipped bit of a signed note is noticed", async () => {
  const verifier = parseVerifier(FOO);
  const bytes = Buffer.from(FOO_NOTE);
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ (1 << (at % 7));
    const holds = async () => isSignedBy(parseNote(changed.toString()), verifier);
    expect(await holds().catch(() => false), `byte ${at}`).toBe(false);
  }
});

describe("refuses", () => {
  test.each([
    "",
    "\n",
    "text\n",
    "text\n\n",
    "text\n\n\u2014 name\n",
    "text\n\n\u2014 name AAAA\n",
    "text\n\n\u2014 name !!!!!!!!\n",
    "text\n\n- example.com/foo Uw2QOkn8srU=\n",
    "te\tx\u0000t\n\n\u2014 example.com/foo Uw2QOkn8srU=\n",
    FOO_NOTE.slice(0, -1),
    `text\n\n${"\u2014 a Uw2QOkn8srU=\n".repeat(101)}`,
    `${"x".repeat(1_000_001)}${FOO_NOTE}`,
  ])("the note %#", (note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: "note_invalid" }));
  });

  test.each([
    "",
    "a+b",
    "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    `${FOO}A`,
    FOO.replace("530d", "530e"),
    FOO.replace("foo", "bar"),
  ])("the key %j", (key) => {
    expect(() => parseVerifier(key)).toThrow(expect.objectContaining({ code: "log_key_invalid" }));
  });

  test.each([
    "a\n01\nAAAA",
    "a\n-1\n",
    "a\n1e3\n",
    "a\n9999999999999999999\n",
    "a\n1\nAAAA",
    "\n1\n",
    "a\n1",
  ])("the checkpoint %j", (head) => {
    const whole = head.endsWith("\n") ? `${head}${toBase64(ROOT)}` : head;
    const note = `${whole}\n\n\u2014 a Uw2QOkn8srU=\n`;
    expect(() => parseCheckpoint(note)).toThrow(
      expect.objectContaining({ code: "checkpoint_invalid" }),
    );
  });

  test("any text, by one of two names", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        for (const source of [text, `${text}\n\n\u2014 a Uw2QOkn8srU=\n`]) {
          try {
            parseCheckpoint(source);
          } catch (thrown) {
            expect((thrown as { code: string }).code).toMatch(/^(note|checkpoint)_invalid$/);
          }
        }
      }),
    );
  });
});
