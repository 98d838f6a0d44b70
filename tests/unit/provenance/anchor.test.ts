/** The anchor on a real Ethereum node: the contract, what it costs, and what may go wrong on the way. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as viem from "viem";
import * as accounts from "viem/accounts";
import { expect, test } from "vitest";
import { compile } from "../../../contracts/compile.ts";
import { anchor } from "../../../src/features/provenance/anchor/anchor.ts";
import { Chain } from "../../../src/features/provenance/anchor/chain.ts";
import * as compiled from "../../../src/features/provenance/anchor/compiled.ts";
import { ABI, type Hex } from "../../../src/features/provenance/anchor/contract.ts";
import { Operator } from "../../../src/features/provenance/anchor/operator.ts";
import type { Options, State } from "../../../src/features/provenance/anchor/types.ts";
import { anvil, KEY, OTHER_KEY } from "../../fixtures/anvil.ts";

type Node = Awaited<ReturnType<typeof anvil>>;

const hex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString("hex")}`;
const sha256 = (...parts: Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
const state = (size: number, root = `root at ${size}`): State => ({
  size: BigInt(size),
  root: hex(sha256(Buffer.from(root))),
  zkRoot: hex(sha256(Buffer.from("group"))),
  noteHash: hex(sha256(Buffer.from(`note ${size}`))),
});

interface Given extends Partial<Options> {
  readonly key?: Hex;
  readonly contract?: Hex;
}

const optionsOf = (node: { url: string }, given: Given = {}) => ({
  url: node.url,
  chainId: 31337,
  every: 20,
  ...given,
});

const operatorOf = (node: { url: string }, { key = KEY, ...given }: Given = {}) =>
  new Operator(viem, accounts, key, optionsOf(node, given));

/** All that anchors to a contract. */
async function open(node: { url: string }, given: Given & { contract: Hex }) {
  const options = { ...optionsOf(node, given), contract: given.contract };
  const operator = operatorOf(node, given);
  const chain = await Chain.open(viem, options, operator.address);
  return { chain, anchor: (state: State) => anchor(chain, operator, state, options) };
}

/** A contract of the first account, in a block. */
async function deployed(node: Node): Promise<{ contract: Hex; gas: bigint }> {
  await node.rpc("evm_setAutomine", true);
  const made = await operatorOf(node).deploy();
  await node.rpc("evm_setAutomine", false);
  return made;
}

/** Makes a block whenever something waits for one. */
function mining(node: Node, every = 20) {
  const timer = setInterval(() => void node.mine().catch(() => {}), every);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

test("what is checked in is what the compiler makes", () => {
  expect({ ...compiled }).toEqual(compile());
});

test("anchors once for each size, for less gas than the design allows", async () => {
  await using node = await anvil();
  const { contract, gas } = await deployed(node);
  expect(gas).toBeLessThanOrEqual(481_764n);
  const client = viem.createPublicClient({ transport: viem.http(node.url) });
  const gasOf = async (hash: Hex) => (await client.getTransactionReceipt({ hash })).gasUsed;
  using _blocks = mining(node);
  const chain = await open(node, { contract });
  const one = await chain.anchor(state(7));
  expect(await gasOf(one.transaction)).toBeLessThanOrEqual(91_928n);
  const two = await chain.anchor(state(12));
  expect(await gasOf(two.transaction)).toBeLessThanOrEqual(57_740n);
  expect(await chain.anchor(state(7))).toEqual(one);
  expect(await (await open(node, { contract })).anchor(state(12))).toEqual(two);
  const address = accounts.privateKeyToAccount(KEY).address;
  expect(await client.getTransactionCount({ address })).toBe(3);
  expect(two).toMatchObject({ ...state(12), chainId: 31337, contract });
  await expect(chain.anchor(state(12, "another"))).rejects.toMatchObject({
    code: "anchor_conflict",
  });
  await expect(chain.anchor(state(9))).rejects.toMatchObject({ code: "anchor_older" });
});

test("the contract itself tells whether an entry is in the anchored log", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  using _blocks = mining(node, 5);
  const chain = await open(node, { contract });
  const client = viem.createPublicClient({ transport: viem.http(node.url) });
  const leaves = Array.from({ length: 11 }, (_, i) => sha256(Buffer.of(0), Buffer.of(i)));
  const holds = (leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]) =>
    client.readContract({
      address: contract,
      abi: ABI,
      functionName: "verifyInclusion",
      args: [hex(leaf), BigInt(index), BigInt(size), proof.map(hex)],
    });
  for (const size of [1, 2, 3, 7, 8, 11]) {
    const tree = leaves.slice(0, size);
    await chain.anchor({ ...state(size), root: hex(rootOf(tree)) });
    for (const [index, leaf] of tree.entries()) {
      const proof = pathTo(index, tree);
      expect(await holds(leaf, index, size, proof)).toBe(true);
      expect(await holds(sha256(leaf), index, size, proof)).toBe(false);
      if (size > 1) expect(await holds(leaf, (index + 1) % size, size, proof)).toBe(false);
      expect(await holds(leaf, index, size, [...proof, leaf])).toBe(false);
      expect(await holds(leaf, index, size, proof.slice(1))).toBe(size === 1);
      expect(await holds(leaf, index + size, size, proof)).toBe(false);
    }
  }
  expect(await holds(leaves[0] as Buffer, 0, 5, [])).toBe(false);
});

test("is done when the chain calls the block final, and not before", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  const steps: string[] = [];
  const included = Promise.withResolvers<void>();
  const tell = (step: string) => {
    steps.push(step);
    if (step === "sent") void node.mine();
    if (step === "included") included.resolve();
  };
  const chain = await open(node, { contract, tell });
  let done = false;
  const anchored = chain.anchor(state(3)).finally(() => {
    done = true;
  });
  await included.promise;
  // It looks again and again, and sees the same.
  await chain.chain.final();
  expect(done).toBe(false);
  await node.mine(3);
  await anchored;
  expect(steps).toEqual(["sent", "included", "final"]);
});

test("is sent again when a reorganisation of the chain has taken it away", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  await node.mine(4);
  const before = await node.rpc("evm_snapshot");
  const steps: string[] = [];
  const lost = Promise.withResolvers<void>();
  let reorganised = false;
  const tell = (step: string) => {
    steps.push(step);
    if (step === "sent") void node.mine();
    if (step === "included" && !reorganised) {
      reorganised = true;
      // The chain goes back to before the anchor, and on without it.
      void node.rpc("evm_revert", before).then(() => node.mine());
    }
    if (step === "lost") lost.resolve();
  };
  const chain = await open(node, { contract, tell });
  const anchored = chain.anchor(state(3));
  await lost.promise;
  using _blocks = mining(node);
  expect(await anchored).toMatchObject({ size: 3n, contract });
  expect(steps.slice(0, 3)).toEqual(["sent", "included", "lost"]);
  expect(steps.at(-1)).toBe("final");
});

test("a transaction that is stuck is replaced by a dearer one, also after a restart", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  const crash = new AbortController();
  const crashed = await open(node, {
    contract,
    signal: crash.signal,
    tell: (step) => step === "sent" && crash.abort(new Error("crash")),
  });
  await expect(crashed.anchor(state(3))).rejects.toThrow("aborted");
  const replaced = Promise.withResolvers<string>();
  const after = await open(node, {
    contract,
    stuckAfter: 50,
    tell: (step, hash) => step === "replaced" && replaced.resolve(hash),
  });
  const anchored = after.anchor(state(3));
  await replaced.promise;
  using _blocks = mining(node);
  const { transaction } = await anchored;
  const client = viem.createPublicClient({ transport: viem.http(node.url) });
  // Deployment and one anchor: what was replaced is in no block.
  const address = accounts.privateKeyToAccount(KEY).address;
  expect(await client.getTransactionCount({ address })).toBe(2);
  expect((await client.getTransactionReceipt({ hash: transaction })).status).toBe("success");
});

test("refuses another chain, another contract, another key, no money and a price too high", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => "none",
      (error) => error.code,
    );
  expect(await code(open(node, { contract, chainId: 1 }))).toBe("anchor_chain");
  expect(await code(open(node, { contract: `0x${"12".repeat(20)}` }))).toBe("anchor_contract");
  expect(await code(open(node, { contract, key: OTHER_KEY }))).toBe("anchor_contract");
  await node.rpc(
    "anvil_setCode",
    contract,
    `${await node.rpc("eth_getCode", contract, "latest")}00`,
  );
  expect(await code(open(node, { contract }))).toBe("anchor_contract");
  const { contract: second } = await deployed(node);
  const cheap = await open(node, { contract: second, maxGwei: 0.000001 });
  expect(await code(cheap.anchor(state(2)))).toBe("anchor_too_dear");
  await node.rpc("anvil_setBalance", accounts.privateKeyToAccount(KEY).address, "0x0");
  const poor = await open(node, { contract: second });
  expect(await code(poor.anchor(state(2)))).toBe("anchor_no_funds");
  expect(
    await code((await open(node, { contract: second, within: 100 })).chain.find(state(2))),
  ).toBe("none");
});

test("a server that hangs, refuses, or talks nonsense is an error that says so", async () => {
  await using node = await anvil();
  const { contract } = await deployed(node);
  let mood: "hang" | "busy" | "nonsense" | "well" = "well";
  let busy = 0;
  const proxy = createServer((request, reply) => {
    const now = mood;
    if (now === "hang") return;
    if (now === "nonsense") return void reply.end("<html>Welcome</html>");
    if (now === "busy" && busy++ % 3 === 0) return void reply.writeHead(429).end("slow down");
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const headers = { "content-type": "application/json" };
      const body = Buffer.concat(chunks);
      const answer = await fetch(node.url, { method: "POST", headers, body });
      reply.end(await answer.text());
    });
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    mood = "busy";
    using _blocks = mining(node);
    const chain = await open({ url }, { contract });
    expect(await chain.anchor(state(5))).toMatchObject({ size: 5n });
    for (const bad of ["hang", "nonsense"] as const) {
      mood = bad;
      const failing = open({ url }, { contract, timeout: 50 });
      await expect(failing).rejects.toMatchObject({ code: "anchor_unreachable", retryable: true });
    }
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

/** RFC 6962, section 2.1, word for word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = split(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

function pathTo(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathTo(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathTo(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

const split = (n: number) => 2 ** Math.floor(Math.log2(n - 1));
