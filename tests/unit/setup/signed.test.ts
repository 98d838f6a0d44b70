/** What a release says of itself is signed by the key that its maker gives, and by no other. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, KeyObject } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { provenanceOf, said } from "../../../scripts/release.ts";
import {
  encoded,
  faultsIn,
  faultsOf,
  sha256,
  signed,
  signerIn,
  statementOf,
} from "../../../scripts/signed.ts";
import { ROOT, temporary } from "../../fixtures/charla.ts";

const secretOf = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;
/** A file with a text. */
function fileOf(text: string): string {
  const file = join(temporary(), "key.pem");
  writeFileSync(file, text);
  return file;
}
const pems = ({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) => ({
  secret: privateKey,
  open: publicKey.export({ type: "spki", format: "pem" }) as string,
});
const ed25519 = pems(generateKeyPairSync("ed25519"));
const p256 = pems(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const built = { version: "1.2.3", commit: "abc", lock: sha256("lock"), at: new Date() };
const files = { "a.tgz": sha256("a") };

it("signs as the example of DSSE's own specification", () => {
  const text = encoded("http://example.com/HelloWorld", Buffer.from("hello world"));
  expect(text.toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

it.each([
  ["Ed25519", ed25519, p256],
  ["P-256", p256, ed25519],
])(
  "%s: holds for its key, and for no other key, text or kind",
  (_name, { secret, open }, other) => {
    const statement = provenanceOf({ ...built, files });
    const envelope = signed(JSON.stringify(statement), secret);
    expect(statementOf(envelope, open)).toEqual(statement);
    expect(statementOf(envelope, other.open)).toBeUndefined();
    const payload = Buffer.from(JSON.stringify({ ...statement, subject: [] })).toString("base64");
    expect(statementOf({ ...envelope, payload }, open)).toBeUndefined();
    expect(statementOf({ ...envelope, payloadType: "text/plain" }, open)).toBeUndefined();
    expect(statementOf({ ...envelope, signatures: [] }, open)).toBeUndefined();
  },
);

it("takes a key as a file, and says of any other why it cannot sign", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  for (const { secret } of [ed25519, p256]) {
    const read = signerIn(fileOf(secretOf(secret)));
    expect(read instanceof KeyObject && read.equals(secret)).toBe(true);
  }
  const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
  expect(signerIn(fileOf(secretOf(privateKey)))).toContain("Ed25519 or P-256");
  expect(signerIn(fileOf(privateKey.export(locked) as string))).toContain("has a password");
  for (const text of ["", "{}", ed25519.open])
    expect(signerIn(fileOf(text))).toContain("no private key as PEM");
  expect(signerIn(join(temporary(), "key.pem"))).toContain("there is no file");
});

it("says on the terminal what is wrong with a key, and packs and checks nothing", () => {
  const key = fileOf("{}");
  const run = (...args: readonly string[]) => {
    const options = { cwd: ROOT, encoding: "utf8" } as const;
    const { status, stderr, stdout } = spawnSync(process.execPath, args, options);
    return [status, stdout, stderr];
  };
  expect(run("scripts/release.ts", "--draft", "--key", key)).toEqual([
    ...[1, "", expect.stringMatching(/^no release: .* holds no private key as PEM.*\n$/)],
  ]);
  expect(run("scripts/signed.ts", key, key)).toEqual([
    ...[1, "", expect.stringMatching(/^.* holds no public key as PEM.*\n$/)],
  ]);
  expect(faultsIn("none.intoto.jsonl", key)).toEqual(['there is no file "none.intoto.jsonl"']);
});

it("without a key, says the same unsigned and under another name", () => {
  const { file, text } = said({ ...built, files }, undefined);
  expect(file).toBe("charla-1.2.3.intoto.json");
  expect(JSON.parse(text)).toEqual(provenanceOf({ ...built, files }));
});

it("tells a file that is not the one that was signed", () => {
  const folder = temporary();
  const { file: name, text } = said({ ...built, files }, ed25519.secret);
  expect(name).toBe("charla-1.2.3.intoto.jsonl");
  const file = join(folder, name);
  const beside = join(folder, "a.tgz");
  writeFileSync(file, text);
  writeFileSync(beside, "a");
  expect(faultsOf(file, ed25519.open)).toEqual([]);
  expect(faultsOf(file, p256.open)).toEqual([`${file} is not signed by this key`]);
  writeFileSync(beside, "b");
  expect(faultsOf(file, ed25519.open)).toEqual(["a.tgz is not the file that was signed"]);
  rmSync(beside);
  expect(faultsOf(file, ed25519.open)).toEqual(["a.tgz is not there"]);
});
