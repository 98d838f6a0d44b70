/**
 * Manifests of C2PA for texts: says in a signed way that a text was written by a model, and reads what
 * a text says of itself. The store is written and checked by `@trustnxt/c2pa-ts`; where it stands in a
 * text is `wrapper.ts`.
 */
import { createHash, randomUUID } from "node:crypto";
import type { X509Certificate } from "@peculiar/x509";
import type { Asset } from "@trustnxt/c2pa-ts/asset";
import { CoseAlgorithmIdentifier } from "@trustnxt/c2pa-ts/cose";
import { SuperBox } from "@trustnxt/c2pa-ts/jumbf";
import {
  type Action,
  ActionAssertion,
  DataHashAssertion,
  ManifestStore,
} from "@trustnxt/c2pa-ts/manifest";
import { AI_LABEL } from "../../../core/label.ts";
import { utf8 } from "../../../core/tlog/bytes.ts";
import type { Credentials } from "./api.ts";
import { armourOf, CLOSING, COMMENT, MEMBER } from "./armour.ts";
import { roomFor, type Wrapped, wrapperOf, wrappersIn } from "./wrapper.ts";

/** Of a claim as C2PA 2 has it; the library counts from 0. */
const CLAIM_V2 = 1;
/** Bytes left free for the signature, and for numbers that are known late. */
const SIGNATURE_ROOM = 120;
const HASH_ROOM = 30;
/** A third of all signatures leave a room that zeros fill. */
const TRIES = 200;
/** Bytes of a manifest; ours has 1,600. */
const MAX_MANIFEST = 256 * 1024;

export interface Signing {
  /** First whoever signs, then who vouches for it, without the last. */
  readonly chain: readonly X509Certificate[];
  /** Of P-256. @returns as IEEE P1363 writes it: 64 bytes */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** How a manifest stands at the end of a text. */
export interface Carrier {
  readonly media: string;
  /** What it is, by IPTC's vocabulary of digital sources. */
  readonly source: string;
  /** Bytes in UTF-8. @param length of the manifest */
  room(length: number): number;
  /** @returns undefined where it does not fill the room, or has a length that will not do */
  place(manifest: Uint8Array, room: number): string | undefined;
}

/** Invisible, behind a text that a model has written. */
const WRITTEN: Carrier = {
  ...{ media: "text/plain", source: AI_LABEL.digitalSourceType },
  ...{ room: roomFor, place: wrapperOf },
};

/** People and a model have written the document. */
const TOGETHER = AI_LABEL.digitalSourceType.replace("trained", "compositeWithTrained");
const DOCUMENT: Carrier = { media: "text/markdown", source: TOGETHER, ...COMMENT };
const FILE: Carrier = { media: "application/json", source: TOGETHER, ...MEMBER };

/** A text with the place of its manifest. */
class TextAsset implements Asset {
  readonly mimeType: string;
  readonly #bytes: Uint8Array;
  readonly #manifest: Uint8Array;
  readonly #place: { readonly start: number; readonly length: number };

  constructor(mimeType: string, text: string, { from, to }: Wrapped, manifest: Uint8Array) {
    this.mimeType = mimeType;
    this.#bytes = utf8(text);
    this.#manifest = manifest;
    this.#place = {
      start: utf8(text.slice(0, from)).length,
      length: utf8(text.slice(from, to)).length,
    };
  }

  getDataLength(): number {
    return this.#bytes.length;
  }

  async getDataRange(start = 0, length?: number): Promise<Uint8Array> {
    return this.#bytes.subarray(start, length === undefined ? undefined : start + length);
  }

  getManifestJUMBF(): Uint8Array {
    return this.#manifest;
  }

  getHashExclusionRange() {
    return this.#place;
  }

  /** Nothing is written by it. */
  async ensureManifestSpace(): Promise<void> {}
  async writeManifestJUMBF(): Promise<void> {}

  dumpInfo(): string {
    return "";
  }
}

/** What a manifest is bound to. */
interface Bound {
  /** Bytes in UTF-8 that stand before the manifest. */
  readonly before: number;
  /** SHA-256 of all but the manifest. */
  readonly digest: Uint8Array;
}

/**
 * @param text as it will be shown, without a manifest; comes back in NFC, as the format asks
 * @param version of Charla
 */
export async function marked(
  text: string,
  signing: Signing,
  version: string,
  carrier = WRITTEN,
): Promise<string> {
  const plain = text.normalize("NFC");
  const bytes = utf8(plain);
  const digest = createHash("sha256").update(bytes).digest();
  return plain + (await manifestFor({ before: bytes.length, digest }, signing, version, carrier));
}

/** A document in Markdown with a manifest in its last line. */
export const markedDocument = (markdown: string, signing: Signing, version: string) =>
  marked(markdown, signing, version, DOCUMENT);

/**
 * An object in JSON that ends as `CLOSING` does, with a manifest as its last member; piece by piece, so
 * that its size does not matter.
 */
export async function* markedFile(
  pieces: AsyncIterable<string>,
  signing: Signing,
  version: string,
): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let before = 0;
  const counted = (piece: string) => {
    const bytes = utf8(piece);
    hash.update(bytes);
    before += bytes.length;
    return piece;
  };
  let last = "";
  for await (const piece of pieces) {
    yield counted(last);
    last = piece;
  }
  if (!last.endsWith(CLOSING)) throw new TypeError("not the end of an object");
  yield counted(last.slice(0, -CLOSING.length));
  const digest = hash.update(utf8(CLOSING)).digest();
  yield await manifestFor({ before, digest }, signing, version, FILE);
  yield CLOSING;
}

async function manifestFor(
  { before, digest }: Bound,
  signing: Signing,
  version: string,
  carrier: Carrier,
): Promise<string> {
  const [certificate, ...chainCertificates] = signing.chain;
  if (!certificate) throw new TypeError("no certificate");
  const signer = {
    ...{ certificate, chainCertificates, algorithm: CoseAlgorithmIdentifier.ES256 },
    sign: (bytes: Uint8Array) => signing.sign(bytes),
  };
  for (let tries = 0; tries < TRIES; tries++) {
    const store = new ManifestStore();
    const manifest = store.createManifest({
      ...{ claimVersion: CLAIM_V2, assetFormat: carrier.media, defaultHashAlgorithm: "SHA-256" },
      ...{ instanceID: `xmp:iid:${randomUUID()}`, signer },
    });
    if (!manifest.claim || !manifest.signature) throw new TypeError("no claim");
    manifest.claim.claimGeneratorName = "Charla";
    manifest.claim.claimGeneratorVersion = version;
    // A byte more in every other try, for carriers that some lengths do not suit.
    manifest.signature.signatureData.paddingLength = SIGNATURE_ROOM + (tries % 2);
    const binding = DataHashAssertion.create("SHA-256", HASH_ROOM);
    manifest.addAssertion(binding);
    const actions = new ActionAssertion();
    const digitalSourceType = carrier.source as Action["digitalSourceType"];
    actions.actions.push({ action: "c2pa.created" as Action["action"], digitalSourceType });
    manifest.addAssertion(actions);
    const length = store.measureSize();
    const room = carrier.room(length);
    binding.hash = digest;
    binding.exclusions = [{ start: before, length: room }];
    // As much less room as the numbers take.
    binding.paddingLength -= store.measureSize() - length;
    await manifest.sign(signer);
    const placed = carrier.place(store.getBytes(), room);
    if (placed !== undefined) return placed;
  }
  throw new RangeError(`no room for a manifest after ${TRIES} signatures`);
}

/**
 * What a text's manifest says; undefined where it has none. Who signed it is not trusted by that: there
 * is only said whether it is the certificate that is used here.
 *
 * @param own SHA-256 of certificates that are this server's, in hexadecimal digits
 */
export async function credentialsOf(
  text: string,
  own: readonly string[],
): Promise<Credentials | undefined> {
  const armour = armourOf(text);
  const placed = armour.find(text);
  const found = placed ? [placed] : wrappersIn(text);
  const [wrapped] = found;
  if (!wrapped) return undefined;
  const { manifest } = wrapped;
  if (found.length > 1 || !manifest || manifest.length > MAX_MANIFEST) return { state: "broken" };
  try {
    const { media } = !placed ? WRITTEN : armour === MEMBER ? FILE : DOCUMENT;
    return await read(new TextAsset(media, text, wrapped, manifest), own);
  } catch {
    // The library throws of what it cannot read in many ways.
    return { state: "broken" };
  }
}

const CHANGED = new Set<string>(["assertion.dataHash.mismatch", "assertion.dataHash.malformed"]);

async function read(asset: TextAsset, own: readonly string[]): Promise<Credentials> {
  const bytes = Uint8Array.from(asset.getManifestJUMBF());
  const store = ManifestStore.read(SuperBox.fromBuffer(bytes));
  const active = store.getActiveManifest();
  const certificate = active?.signature?.signatureData.certificate;
  if (!active || !certificate) return { state: "broken" };
  const { statusEntries, isValid } = await store.validate(asset);
  const wrong = statusEntries.filter(({ success }) => success === false).map(({ code }) => code);
  const changed = wrong.every((code) => CHANGED.has(code));
  const whole = isWhole(asset, active.assertions?.getHardBindings() ?? []);
  const sources = active.assertions?.getActionAssertions().flatMap(({ actions }) => actions) ?? [];
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", certificate.rawData));
  const { claimGeneratorName: by } = active.claim ?? {};
  return {
    state: isValid && whole ? "holds" : changed ? "changed" : "broken",
    signer: nameIn(certificate),
    own: own.includes(digest.toString("hex")),
    ...(by !== undefined && { by: by.slice(0, 100) }),
    ai: sources.some(({ digitalSourceType }) => /AlgorithmicMedia$/i.test(digitalSourceType ?? "")),
  };
}

/** Beside the manifest nothing is left out of what is signed. */
function isWhole(asset: TextAsset, bindings: readonly unknown[]): boolean {
  const { start, length } = asset.getHashExclusionRange();
  return bindings
    .flatMap((one) => (one instanceof DataHashAssertion ? one.exclusions : []))
    .every((out) => out.start >= start && out.start + out.length <= start + length);
}

function nameIn({ subjectName }: X509Certificate): string {
  const [name = ""] = [...subjectName.getField("O"), ...subjectName.getField("CN")];
  return name.slice(0, 100);
}
