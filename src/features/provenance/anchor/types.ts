/** What is put on a chain, and how. */
import type { Hex } from "./contract.ts";

/** The log as it is put on the chain. */
export interface State {
  /** Entries in the log. */
  readonly size: bigint;
  /** Root of the log, 32 bytes. */
  readonly root: Hex;
  /** Root of the group of members, 32 bytes; zero if there is none. */
  readonly zkRoot: Hex;
  /** SHA-256 of the signed checkpoint. */
  readonly noteHash: Hex;
}

export interface Anchored extends State {
  readonly chainId: number;
  readonly contract: Hex;
  readonly transaction: Hex;
  readonly block: bigint;
  readonly blockHash: Hex;
  /** Of the block, in seconds since 1970. */
  readonly time: bigint;
}

export interface Options {
  /** Of a server that speaks Ethereum's JSON-RPC. */
  readonly url: string;
  readonly chainId: number;
  /** No block before this one can have the contract. */
  readonly since?: bigint | undefined;
  /** At most so much for a unit of gas, in gwei. */
  readonly maxGwei?: number | undefined;
  /** In milliseconds: between two looks; until a transaction counts as stuck; until it is given up. */
  readonly every?: number;
  readonly stuckAfter?: number;
  readonly within?: number;
  /** In milliseconds, for one request to the server. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each step and its transaction. */
  readonly tell?: (step: Step, transaction: Hex) => void;
}

/** "lost": a reorganisation of the chain has taken it away. */
export type Step = "sent" | "replaced" | "included" | "lost" | "final";

/** A chain that exists on one machine only, by the numbers that development tools use. */
export const isDevelopment = (chain: number) => [1337, 31337].includes(chain);
