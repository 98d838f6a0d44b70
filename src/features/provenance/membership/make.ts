/**
 * Makes a proof of membership, where the secret is: in a worker of the browser. Nothing of it goes
 * anywhere but into the file.
 */

import type { MembershipFile } from "./file.ts";
import { holds, type Proof } from "./groth16/check.ts";
import { prove } from "./groth16/prove.ts";
import { type Inputs, witnessOf } from "./groth16/witness.ts";
import { readProvingKey } from "./groth16/zkey.ts";
import { DEPTH, pathOf } from "./group.ts";
import { leafOf, parseField, secretOf } from "./identity.ts";
import { hashed, messageNumber, type Statement, scopeNumber } from "./statement.ts";
import { SEMAPHORE_20 } from "./verifying-key.ts";

export interface Task {
  readonly master: Uint8Array;
  /** Secrets that were made of it so far. */
  readonly count: number;
  readonly statement: Statement;
  readonly group: MembershipFile["group"];
  /** 32 bytes each. */
  readonly leaves: Uint8Array;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly zkey: Uint8Array;
}

/** Why there is no proof. */
export class Unprovable extends Error {
  readonly reason: "none" | "foreign" | "failed";

  /** @param reason none: no secret is in the group; foreign: the leaves are not the group's */
  constructor(reason: Unprovable["reason"]) {
    super(`no proof can be made: ${reason}`);
    this.reason = reason;
  }
}

/**
 * The oldest secret is taken that the group has, so that one person has one nullifier in a scope.
 *
 * @param onDone told how far it is, 0 to 1
 * @throws Unprovable
 */
export async function makeProof(
  { master, count, statement, group, leaves, wasm, zkey }: Task,
  onDone: (share: number) => void,
): Promise<MembershipFile> {
  const all = Array.from({ length: leaves.length / 32 }, (_, place) =>
    numberAt(leaves, place * 32),
  );
  const own = find(all, master, count);
  if (!own) throw new Unprovable("none");
  const path = await pathOf(all, own.place, (done) => onDone((SHARES.path * done) / all.length));
  if (path.root !== parseField(group.entry.root)) throw new Unprovable("foreign");
  onDone(SHARES.path);
  const [scope, message] = [scopeNumber(statement.scope), messageNumber(statement)];
  const inputs: Inputs = {
    secret: own.secret,
    merkleProofLength: BigInt(path.siblings.length),
    merkleProofIndex: path.index,
    merkleProofSiblings: Array.from({ length: DEPTH }, (_, level) => path.siblings[level] ?? 0n),
    ...{ scope: hashed(scope), message: hashed(message) },
  };
  const witness = await witnessOf(wasm, inputs);
  const key = readProvingKey(zkey);
  onDone(SHARES.read);
  const proof = prove(key, witness, (fifths) =>
    onDone(SHARES.read + ((SHARES.proof - SHARES.read) * fifths) / 5),
  );
  const [root = 0n, nullifier = 0n] = witness.slice(1);
  if (!holds(SEMAPHORE_20, proof, witness.slice(1, 5)) || root !== path.root) {
    throw new Unprovable("failed");
  }
  onDone(1);
  const numbers = { merkleTreeRoot: root, nullifier, message, scope };
  const written = Object.entries(numbers).map(([name, value]) => [name, String(value)]);
  return {
    ...{ format: "charla.membership", version: 1, statement },
    semaphore: {
      merkleTreeDepth: DEPTH,
      ...(Object.fromEntries(written) as Record<keyof typeof numbers, string>),
      points: pack(proof),
    },
    group,
  };
}

/** How far it is after each part, about as long as each takes. */
const SHARES = { path: 0.1, read: 0.2, proof: 0.97 };

function find(leaves: readonly bigint[], master: Uint8Array, count: number) {
  const places = new Map<bigint, number>();
  for (const [place, leaf] of leaves.entries()) if (!places.has(leaf)) places.set(leaf, place);
  for (let one = 0; one < count; one++) {
    const secret = secretOf(master, one);
    const place = places.get(leafOf(secret));
    if (place !== undefined) return { secret, place };
  }
  return undefined;
}

function numberAt(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 32);
  let value = 0n;
  for (let word = 0; word < 4; word++) value = (value << 64n) | view.getBigUint64(word * 8);
  return value;
}

/** The order in which Semaphore has the coordinates. */
function pack({ a, b: [x, y], c }: Proof): string[] {
  return [...a, x[1], x[0], y[1], y[0], ...c].map(String);
}
