/**
 * Manifests of C2PA for texts: says in a signed way that a text was written by a model, and reads what
 * a text says of itself. The store is written and checked by `@trustnxt/c2pa-ts`; where it stands in a
 * text is `wrapper.ts`.
 */
import { randomUUID } from "node:crypto";
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
import { concat, utf8 } from "../../../core/tlog/bytes.ts";
import type { Credentials } from "./api.ts";
import { lineIn, lineOf, lineRoom } from "./armour.ts";
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

/** In a comment of a document that people and a model have written. */
export const DOCUMENT: Carrier = {
  media: "text/markdown",
  source: AI_LABEL.digitalSourceType.replace("trained", "compositeWithTrained"),
  ...{ room: lineRoom, place: lineOf },
};

/** A text with a place at its end for the manifest. */
class TextAsset implements Asset {
  readonly mimeType: string;
  readonly #carrier: Carrier;
  readonly text: Uint8Array;
  #manifest: Uint8Array | undefined;
  #room = 0;
  /** What stands in the place. */
  #wrapper = new Uint8Array();
  /** What follows it; ours has nothing there. */
  readonly #after: Uint8Array;

  constructor(carrier: Carrier, text: string, wrapped?: Wrapped) {
    this.#carrier = carrier;
    this.mimeType = carrier.media;
    this.text = utf8(wrapped ? text.slice(0, wrapped.from) : text);
    this.#after = utf8(wrapped ? text.slice(wrapped.to) : "");
    if (!wrapped) return;
    this.#manifest = wrapped.manifest;
    this.#wrapper = utf8(text.slice(wrapped.from, wrapped.to));
    this.#room = this.#wrapper.length;
  }

  getDataLength(): number {
    return this.text.length + this.#room + this.#after.length;
  }

  async getDataRange(start = 0, length?: number): Promise<Uint8Array> {
    const whole = new Uint8Array(this.getDataLength());
    whole.set(concat(this.text, this.#wrapper));
    whole.set(this.#after, this.text.length + this.#room);
    return whole.subarray(start, length === undefined ? undefined : start + length);
  }

  getManifestJUMBF(): Uint8Array | undefined {
    return this.#manifest;
  }

  async ensureManifestSpace(length: number): Promise<void> {
    this.#room = this.#carrier.room(length);
  }

  getHashExclusionRange() {
    return { start: this.text.length, length: this.#room };
  }

  async writeManifestJUMBF(manifest: Uint8Array): Promise<void> {
    this.#manifest = manifest;
  }

  get room(): number {
    return this.#room;
  }

  dumpInfo(): string {
    return "";
  }
}

/**
 * @param text as it will be shown, without a manifest; comes back in NFC, as the format asks
 * @param version of Charla
 */
export async function marked(
  text: string,
  signing: Signing,
  version: string,
  carrier: Carrier = WRITTEN,
): Promise<string> {
  const plain = text.normalize("NFC");
  const [certificate, ...chainCertificates] = signing.chain;
  if (!certificate) throw new TypeError("no certificate");
  const signer = {
    ...{ certificate, chainCertificates, algorithm: CoseAlgorithmIdentifier.ES256 },
    sign: (bytes: Uint8Array) => signing.sign(bytes),
  };
  for (let tries = 0; tries < TRIES; tries++) {
    const asset = new TextAsset(carrier, plain);
    const store = new ManifestStore();
    const manifest = store.createManifest({
      ...{ claimVersion: CLAIM_V2, assetFormat: asset.mimeType, defaultHashAlgorithm: "SHA-256" },
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
    await asset.ensureManifestSpace(store.measureSize());
    await binding.updateWithAsset(asset);
    await manifest.sign(signer);
    const placed = carrier.place(store.getBytes(), asset.room);
    if (placed !== undefined) return plain + placed;
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
  const line = lineIn(text);
  const found = line ? [line] : wrappersIn(text);
  const [wrapped] = found;
  if (!wrapped) return undefined;
  const { manifest } = wrapped;
  if (found.length > 1 || !manifest || manifest.length > MAX_MANIFEST) return { state: "broken" };
  try {
    const asset = new TextAsset(line ? DOCUMENT : WRITTEN, text, wrapped);
    return await read(asset, manifest, own);
  } catch {
    // The library throws of what it cannot read in many ways.
    return { state: "broken" };
  }
}

const CHANGED = new Set<string>(["assertion.dataHash.mismatch", "assertion.dataHash.malformed"]);

async function read(asset: Asset, bytes: Uint8Array, own: readonly string[]): Promise<Credentials> {
  const store = ManifestStore.read(SuperBox.fromBuffer(Uint8Array.from(bytes)));
  const active = store.getActiveManifest();
  const certificate = active?.signature?.signatureData.certificate;
  if (!active || !certificate) return { state: "broken" };
  const { statusEntries, isValid } = await store.validate(asset);
  const wrong = statusEntries.filter(({ success }) => success === false).map(({ code }) => code);
  const changed = wrong.every((code) => CHANGED.has(code));
  const sources = active.assertions?.getActionAssertions().flatMap(({ actions }) => actions) ?? [];
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", certificate.rawData));
  const { claimGeneratorName: by } = active.claim ?? {};
  return {
    state: isValid ? "holds" : changed ? "changed" : "broken",
    signer: nameIn(certificate),
    own: own.includes(digest.toString("hex")),
    ...(by !== undefined && { by: by.slice(0, 100) }),
    ai: sources.some(({ digitalSourceType }) => /AlgorithmicMedia$/i.test(digitalSourceType ?? "")),
  };
}

function nameIn({ subjectName }: X509Certificate): string {
  const [name = ""] = [...subjectName.getField("O"), ...subjectName.getField("CN")];
  return name.slice(0, 100);
}
