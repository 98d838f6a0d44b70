/**
 * A passkey in software: the part of WebAuthn Level 3 and CTAP that a browser and a device do, with
 * real keys and signatures, written from the specifications.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();

/** Bits of the authenticator data: user present, user verified, key included. */
const [PRESENT, VERIFIED, INCLUDED] = [0x01, 0x04, 0x40];

/** RFC 8949, as far as it is needed: small maps with strings, bytes and small integers. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number) =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(cbor)]);
}

interface Doing {
  /** Where the browser is; a phishing site has another one. */
  readonly origin: string;
  /** Whether finger, face or PIN was asked for. */
  readonly verified?: boolean;
  /** Sends this format of attestation, with certificates. */
  readonly certificates?: boolean;
}

export class Authenticator {
  readonly id = randomBytes(32);
  counter = 0;
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

  // biome-ignore lint/suspicious/noExplicitAny: what the server sent
  create(options: any, { origin, verified = true, certificates = false }: Doing): object {
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    // COSE: an EC2 key (2) for ES256 (-7) on P-256 (1).
    const key = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, "base64url")],
      [-3, Buffer.from(y, "base64url")],
    ]);
    const length = Buffer.from([0, this.id.length]);
    const included = Buffer.concat([Buffer.alloc(16), length, this.id, cbor(key)]);
    const authData = this.#data(options.rp.id, verified, included);
    const statement = new Map<unknown, unknown>(
      certificates
        ? [
            ["alg", -7],
            ["sig", randomBytes(70)],
            ["x5c", [randomBytes(200)]],
          ]
        : [],
    );
    const object = new Map<unknown, unknown>([
      ["fmt", certificates ? "packed" : "none"],
      ["attStmt", statement],
      ["authData", authData],
    ]);
    const clientDataJSON = client("webauthn.create", options.challenge, origin);
    return {
      ...this.#credential(),
      response: { clientDataJSON, attestationObject: b64(cbor(object)), transports: ["internal"] },
    };
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the server sent
  get(options: any, { origin, verified = true }: Doing): object {
    this.counter++;
    const data = this.#data(options.rpId, verified);
    const clientDataJSON = client("webauthn.get", options.challenge, origin);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, "base64url"))]);
    const signature = b64(sign("sha256", signed, this.#keys.privateKey));
    return {
      ...this.#credential(),
      response: { clientDataJSON, authenticatorData: b64(data), signature },
    };
  }

  #credential() {
    return {
      id: b64(this.id),
      rawId: b64(this.id),
      type: "public-key",
      clientExtensionResults: {},
    };
  }

  #data(rpId: string, verified: boolean, included = Buffer.alloc(0)): Buffer {
    const flags = PRESENT | (verified ? VERIFIED : 0) | (included.length > 0 ? INCLUDED : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, included]);
  }
}

const client = (type: string, challenge: string, origin: string) =>
  b64(Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })));
