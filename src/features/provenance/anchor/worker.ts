/**
 * The program that writes an anchor, in a process of its own: only here is the operator's key read.
 * Its one message is a task; it sends each step, then the anchor's place or why there is none.
 */
import { readFileSync } from "node:fs";
import { CharlaError } from "../../../core/errors.ts";
import { anchor } from "./anchor.ts";
import { Chain } from "./chain.ts";
import type { Hex } from "./contract.ts";
import { keyMissing } from "./errors.ts";
import { loadPackages } from "./load.ts";
import { Operator } from "./operator.ts";
import { isDevelopment, type Options, type Step } from "./types.ts";

export interface Task {
  readonly url: string;
  readonly chain: number;
  readonly keyFile: string;
  readonly maxGwei: number;
  /** Path of the add-on's module; undefined where its packages are at hand. */
  readonly entry: string | undefined;
  /** Absent: a new contract is made. */
  readonly anchor?: {
    readonly contract: Hex;
    readonly since: number;
    readonly size: number;
    readonly root: Hex;
    readonly zkRoot: Hex;
    readonly noteHash: Hex;
  };
}

/** Where something stands in the chain. `time` in seconds since 1970. */
export interface Place {
  readonly chain: number;
  readonly contract: Hex;
  readonly transaction: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly time: number;
}

export type Told =
  | { readonly step: Step; readonly transaction: Hex }
  | { readonly place: Place }
  | { readonly deployed: { readonly contract: Hex; readonly block: number } }
  | { readonly error: ReturnType<CharlaError["toJSON"]> & { readonly status: number } };

/** Milliseconds between two looks: a public chain has a block every 12 seconds. */
const LOOK_MS = { public: 6_000, development: 250 };

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));
process.once("message", async (task: Task) => {
  const tell = (told: Told) => new Promise((sent) => process.send?.(told, sent));
  try {
    await tell(await work(task, (step, transaction) => void tell({ step, transaction })));
  } catch (thrown) {
    const error = CharlaError.from(thrown);
    await tell({ error: { ...error.toJSON(), status: error.status } });
  }
  process.exit();
});

async function work(task: Task, tell: (step: Step, transaction: Hex) => void): Promise<Told> {
  const { url, chain: chainId, maxGwei } = task;
  const { viem, accounts } = await loadPackages(task.entry);
  const every = LOOK_MS[isDevelopment(chainId) ? "development" : "public"];
  const options: Options = { url, chainId, maxGwei, tell, every };
  const operator = new Operator(viem, accounts, readKey(task.keyFile), options);
  if (!task.anchor) {
    const { contract, block } = await operator.deploy();
    return { deployed: { contract, block: Number(block) } };
  }
  const { contract, since, size, root, zkRoot, noteHash } = task.anchor;
  const own = { ...options, contract, since: BigInt(since) };
  const chain = await Chain.open(viem, own, operator.address);
  const state = { size: BigInt(size), root, zkRoot, noteHash };
  const { transaction, block, blockHash, time } = await anchor(chain, operator, state, own);
  const where = { chain: chainId, contract, transaction, blockHash };
  return { place: { ...where, block: Number(block), time: Number(time) } };
}

function readKey(path: string): Hex {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw keyMissing(path, cause);
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw keyMissing(path);
  return text as Hex;
}
