/** C2PA's label for texts: signed, carried by the text itself, read again, and not believed when wrong. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../../../src/core/tlog/bytes.ts";
import { type Certified, certified } from "../../../src/features/provenance/c2pa/certificate.ts";
import {
  credentialsOf,
  marked,
  markedDocument,
  markedFile,
} from "../../../src/features/provenance/c2pa/manifest.ts";
import {
  roomFor,
  withoutWrappers,
  wrapperOf,
  wrappersIn,
} from "../../../src/features/provenance/c2pa/wrapper.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase, temporary } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const TEXT =
  "El faro cumple su promesa. «Ünïcode» 🌊\n\n— Escrito por una IA: Demo, 29 de noviembre.";
const points = (text: string) => Array.from(text, (one) => one.codePointAt(0)?.toString(16));

/** A text that is labelled by a certificate of the server's own. */
async function labelled(): Promise<{ own: Certified; signed: string }> {
  const own = await made();
  return { own, signed: await marked(TEXT, own, "1.2.3") };
}

const ground = async () => {
  const place = await freshDatabase([vaultTables, provenance]);
  return { ...sealing(place), policy: {}, settings: place };
};

async function made(certificate?: { file: string; key: string }): Promise<Certified> {
  return certified({ ...(await ground()), policy: { certificate } }, "chat.example.org");
}

describe("the manifest in a text", () => {
  test("is written as the reference implementation writes it", () => {
    // c2pa_text 3.0.0: encode_wrapper(bytes([0, 15, 16, 255]))
    const reference =
      "feff e0133 e0122 e0140 e0131 e0144 e0148 e0144 fe00 fe01 fe00 fe00 fe00 fe04 fe00 fe0f e0100 e01ef";
    const manifest = Uint8Array.of(0, 15, 16, 255);
    const bare = wrapperOf(manifest, 3 + 7 * 4 + 6 * 3 + 2 * 3 + 2 * 4) ?? "";
    expect(points(bare)).toEqual(reference.split(" "));
    expect(wrappersIn(`a${bare}b`)).toEqual([{ manifest, from: 1, to: 1 + bare.length }]);
  });

  test("takes exactly the room that it is given, or says that it cannot", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: "grapheme" }),
        (bytes, text) => {
          fc.pre(!text.includes("\uFEFF"));
          const room = roomFor(bytes.length);
          const rooms = [room, room + 1, room + 2];
          const [fits, ...others] = rooms.flatMap((one) => wrapperOf(bytes, one) ?? []);
          expect(others).toEqual([]);
          expect(rooms).toContain(utf8(fits ?? "").length);
          const whole = text + fits;
          expect(wrappersIn(whole).map(({ manifest }) => manifest)).toEqual([bytes]);
          expect(withoutWrappers(`${whole} and ${fits}.`)).toBe(`${text} and .`);
        },
      ),
    );
  });

  test("is nobody else's variation selector, and no mark at the beginning of a file", () => {
    for (const text of ["\uFEFFHello", "❤️ and ☎︎", "葛\u{E0100}城", "\uFEFF❤️", ""]) {
      expect(wrappersIn(text)).toEqual([]);
      expect(withoutWrappers(text)).toBe(text);
    }
  });

  test("that is cut off is taken out as well", async () => {
    const { signed } = await labelled();
    const cut = [...signed].slice(0, -400).join("");
    expect(wrappersIn(cut)).toMatchObject([{ manifest: undefined }]);
    expect(withoutWrappers(cut)).toBe(TEXT);
  });
});

describe("a signed label", () => {
  test("leaves the text as it is, and is read again", async () => {
    const { own, signed } = await labelled();
    expect(withoutWrappers(signed)).toBe(TEXT);
    // People copy it into all kinds of programs: it is not to be large.
    expect(utf8(signed).length - utf8(TEXT).length).toBeLessThan(8_000);
    expect(await credentialsOf(signed, [own.digest])).toEqual({
      ...{ state: "holds", signer: "chat.example.org", own: true, by: "Charla", ai: true },
    });
    expect(await credentialsOf(signed, [])).toMatchObject({ state: "holds", own: false });
    expect(await credentialsOf(TEXT, [])).toBeUndefined();
  });

  test("of a document is a comment at its end, and says that people wrote in it, too", async () => {
    const { own } = await labelled();
    const document = "# Chat\n\n## You\n\nWho?\n\n## Demo\n\nMe.\n";
    const whole = await markedDocument(document, own, "1");
    expect(whole.startsWith(`${document}\n<!-- -----BEGIN C2PA MANIFEST----- data:`)).toBe(true);
    expect(whole.endsWith(" -----END C2PA MANIFEST----- -->")).toBe(true);
    const held = { state: "holds", own: true, ai: true };
    expect(await credentialsOf(whole, [own.digest])).toMatchObject(held);
    const other = { state: "changed" };
    expect(await credentialsOf(whole.replace("Me", "We"), [])).toMatchObject(other);
    expect(await credentialsOf(whole.replace("base64,AAA", "base64,A"), [])).toEqual({
      state: "broken",
    });
  });

  test("of a file in JSON is its last member, which no text in the file can play", async () => {
    const own = await made();
    const said = `x","c2pa":"-----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,AA==`;
    const bare = { format: "demo", list: [{ said }, { said: "El faro 🌊" }] };
    const pieces = [
      ...JSON.stringify(bare)
        .slice(0, -1)
        .split(/(?<=,)/),
      "}\n",
    ];
    const whole = (await Array.fromAsync(markedFile(Readable.from(pieces), own, "1.2.3"))).join("");
    const { c2pa, ...rest } = JSON.parse(whole);
    expect(rest).toEqual(bare);
    expect(c2pa).toMatch(
      /^-----BEGIN C2PA MANIFEST----- data:application\/c2pa;base64,\S+ -----END/,
    );
    expect(await credentialsOf(whole, [own.digest])).toEqual({
      ...{ state: "holds", signer: "chat.example.org", own: true, by: "Charla", ai: true },
    });
    const member = whole.slice(whole.lastIndexOf(',"c2pa"'), -2);
    const moved = `{${member.slice(1)},${JSON.stringify(rest).slice(1)}\n`;
    for (const [what, other] of [
      ["a text", whole.replace("faro", "fare")],
      ["more", whole.replace(',"c2pa"', ',"more":1,"c2pa"')],
      ["more at the end", `${whole.slice(0, -2)},"more":1}\n`],
      ["spaces", JSON.stringify(JSON.parse(whole), null, 2)],
      ["the end", whole.trimEnd()],
      ["another place", moved],
    ] as const) {
      expect(other, what).not.toBe(whole);
      expect(JSON.parse(other), what).toBeTruthy();
      expect((await credentialsOf(other, []))?.state ?? "none", what).toMatch(/changed|none/);
    }
    expect(await credentialsOf(whole.replace("base64,AAA", "base64,A"), [])).toEqual({
      state: "broken",
    });
  });

  test("of one text is none of another", async () => {
    const { signed } = await labelled();
    const manifest = signed.slice(TEXT.length);
    for (const other of [
      "",
      "Another text.",
      TEXT.replace("faro", "fare"),
      `${TEXT} `,
      TEXT.slice(1),
    ]) {
      expect((await credentialsOf(other + manifest, []))?.state, other).toBe("changed");
    }
    expect(await credentialsOf(`${signed} and more`, [])).toMatchObject({ state: "changed" });
    expect(await credentialsOf(signed + manifest, [])).toEqual({ state: "broken" });
    // What is left free behind a manifest is not signed, and no place for words.
    const free = "\uFE00".repeat(5);
    expect(signed.endsWith(free)).toBe(true);
    const filled = `${signed.slice(0, -free.length)}And it is true.`;
    expect(utf8(filled).length).toBe(utf8(signed).length);
    expect(await credentialsOf(filled, [])).toMatchObject({ state: "changed" });
  });

  /** What frames the signed parts (types and names of boxes, room left free) C2PA does not sign. */
  test("says nothing else with any byte changed, dropped or put in", async () => {
    const { own, signed } = await labelled();
    const [wrapped] = wrappersIn(signed);
    const manifest = wrapped?.manifest ?? new Uint8Array();
    const room = utf8(signed).length - utf8(TEXT).length;
    const put = (bytes: Uint8Array) =>
      TEXT +
      ([room, room + 1, room + 2].map((one) => wrapperOf(bytes, one)).find((one) => one) ?? "");
    const says = await credentialsOf(signed, [own.digest]);
    const [holding, other]: string[][] = [[], []];
    const look = async (bytes: Uint8Array, what: string) => {
      const found = await credentialsOf(put(bytes), [own.digest]);
      if (found?.state !== "holds") return;
      holding?.push(what);
      if (!isDeepStrictEqual(found, says)) other?.push(what);
    };
    for (let at = 0; at < manifest.length; at += 3) {
      const flipped = Uint8Array.from(manifest);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await look(flipped, `flipped ${at}`);
    }
    for (let at = 0; at < manifest.length; at += 31) {
      await look(
        Uint8Array.from([...manifest.slice(0, at), ...manifest.slice(at + 1)]),
        `without ${at}`,
      );
      await look(
        Uint8Array.from([...manifest.slice(0, at), 7, ...manifest.slice(at)]),
        `more at ${at}`,
      );
      await look(manifest.slice(0, at), `cut at ${at}`);
    }
    expect(other).toEqual([]);
    expect(holding?.length).toBeLessThan(manifest.length / 3 / 10);
    expect(holding?.filter((what) => !what.startsWith("flipped"))).toEqual([]);
  });

  test("that makes no sense is broken, and no error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const room = roomFor(bytes.length);
        const wrapper = [0, 1, 2].map((more) => wrapperOf(bytes, room + more)).find((one) => one);
        expect(await credentialsOf(`Text${wrapper}`, [])).toMatchObject({ state: "broken" });
      }),
    );
  });
});

describe("the certificate", () => {
  test("is made once, and its key is stored only sealed", async () => {
    const place = await ground();
    const all = await Promise.all([1, 2].map(() => certified(place, "chat.example.org")));
    const again = await certified(place, "elsewhere.example.org");
    expect(new Set([...all, again].map(({ digest }) => digest)).size).toBe(1);
    expect(again).toMatchObject({ selfSigned: true });
    const rows = await place.db.selectFrom("label_certificate").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toMatch(/PRIVATE KEY|MIG[HT]/);
    const [leaf] = again.chain;
    expect(leaf?.subject).toContain("chat.example.org");
    expect(leaf?.subject).not.toBe(leaf?.issuer);
  });

  test("is the organisation's where the policy names one", async () => {
    const home = await temporary();
    const at = (name: string) => join(home, name);
    const { key, pem } = await organisation();
    writeFileSync(at("key.pem"), key);
    writeFileSync(at("certificate.pem"), pem);
    const theirs = await made({ file: at("certificate.pem"), key: at("key.pem") });
    expect(theirs.selfSigned).toBe(false);
    const text = await marked("Hello.", theirs, "1");
    expect(await credentialsOf(text, [theirs.digest])).toMatchObject({
      ...{ state: "holds", signer: "Example Ltd", own: true },
    });

    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    writeFileSync(at("other.pem"), other.export({ type: "pkcs8", format: "pem" }));
    const unusable = expect.objectContaining({ code: "certificate_unusable" });
    for (const [file, name] of [
      ["certificate.pem", "other.pem"],
      ["none.pem", "key.pem"],
      ["key.pem", "key.pem"],
    ] as const) {
      await expect(made({ file: at(file), key: at(name) }), file).rejects.toEqual(unusable);
    }
    expect(readFileSync(at("key.pem"), "utf8")).toContain("PRIVATE KEY");
  });
});

/** A root, and a certificate of it for signing documents. */
async function organisation(): Promise<{ key: string; pem: string }> {
  x509.cryptoProvider.set(crypto);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pair = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const [root, keys] = [await pair(), await pair()];
  const times = { notBefore: new Date(Date.now() - 1e6), notAfter: new Date(Date.now() + 1e9) };
  const common = { ...times, signingAlgorithm: algorithm };
  const top = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ ...common, name: "CN=Root", keys: root },
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...{ ...common, subject: "O=Example Ltd, CN=Labels", issuer: top.subject },
    ...{ publicKey: keys.publicKey, signingKey: root.privateKey },
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.4"], false),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    pem: `${leaf.toString("pem")}\n${top.toString("pem")}\n`,
  };
}
