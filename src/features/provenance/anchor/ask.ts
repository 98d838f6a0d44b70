/** Asks a chain whether it has what a file says of it: the checkpoint's root and digest, for good. */
import { entryOf } from "../../../core/addons.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { OnChain } from "../verify/check.ts";
import { VIEM } from "./addon.ts";
import { noteHash } from "./anchors.ts";
import { Chain } from "./chain.ts";
import type { Hex } from "./contract.ts";
import { packagesMissing } from "./errors.ts";
import { loadPackages } from "./load.ts";

const ZERO: Hex = `0x${"0".repeat(64)}`;
/** What the chain says where it has something else; anything else is in the way of asking. */
const OTHER = ["anchor_conflict", "anchor_contract"];

/**
 * @param url of a server for the chain
 * @throws CharlaError `anchor_packages`; what it gives throws `anchor_chain`, `anchor_unreachable`
 */
export async function chainAt(home: string, url: string): Promise<OnChain> {
  const entry = await entryOf(home, VIEM);
  const packages = await loadPackages(entry).catch(() => undefined);
  if (!packages) throw packagesMissing();
  return async ({ chain: chainId, contract, transaction, note, block }, { size, root }) => {
    const options = { url, chainId, contract: contract as Hex, since: BigInt(block) };
    try {
      const chain = await Chain.open(packages.viem, options);
      const hex = `0x${Buffer.from(root).toString("hex")}` as const;
      const state = { size: BigInt(size), root: hex, zkRoot: ZERO, noteHash: ZERO };
      const found = await chain.find(state);
      if (found?.transaction !== transaction || found.noteHash !== noteHash(note)) return false;
      return found.block <= (await chain.final());
    } catch (thrown) {
      if (thrown instanceof CharlaError && OTHER.includes(thrown.code)) return false;
      throw thrown;
    }
  };
}
