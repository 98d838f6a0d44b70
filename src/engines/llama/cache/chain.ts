/**
 * Names for prefixes: a chain of hashes over blocks of tokens. Two prompts that share a hash share
 * all tokens up to it, the model, the adapter, and whatever else makes states incompatible.
 */
import { hash } from "node:crypto";
import { endianness } from "node:os";
import type { CacheIdentity } from "./types.ts";

export const BLOCK_TOKENS = 64;
const DIGEST_BYTES = 32;
const TOKEN_BYTES = 4;

/** SHA-256 in hex. */
export type Digest = string;

export function identityDigest(identity: CacheIdentity): Digest {
  const { model, kvType, yarn = 1, flashAttention, library } = identity;
  const scaled = yarn === 1 ? [] : [yarn];
  return digestOf([model, kvType, flashAttention, library, endianness(), ...scaled]);
}

/** Where the chain begins. @param adapter digest and scale, or "" for the model as it is */
export function chainRoot(identity: Digest, adapter: string): Digest {
  return digestOf([identity, adapter]);
}

/** h(i) = SHA-256(h(i - 1) || tokens of block i), for whole blocks, lazily. */
export function* chain(root: Digest, tokens: Int32Array): Generator<Digest> {
  let last = root;
  for (let from = 0; from + BLOCK_TOKENS <= tokens.length; from += BLOCK_TOKENS) {
    last = link(last, tokens.subarray(from, from + BLOCK_TOKENS));
    yield last;
  }
}

/** Of the whole list of tokens. @param last the end of its chain */
export function stateDigest(last: Digest, tokens: Int32Array): Digest {
  // Shorter than a block, so that it is the hash of no block.
  return link(last, tokens.subarray(tokens.length - (tokens.length % BLOCK_TOKENS)));
}

const scratch = Buffer.alloc(DIGEST_BYTES + BLOCK_TOKENS * TOKEN_BYTES);

function link(last: Digest, block: Int32Array): Digest {
  scratch.write(last, 0, "hex");
  scratch.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), DIGEST_BYTES);
  return hash("sha256", scratch.subarray(0, DIGEST_BYTES + block.byteLength), "hex");
}

function digestOf(value: unknown): Digest {
  return hash("sha256", JSON.stringify(value), "hex");
}
