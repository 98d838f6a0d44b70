/**
 * How the log's state gets onto the chain: once for each size, however often it is asked and wherever
 * it was cut off, and only called done when the chain itself calls the block final.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../../core/errors.ts";
import type { Chain } from "./chain.ts";
import type { Hex } from "./contract.ts";
import * as errors from "./errors.ts";
import type { Operator } from "./operator.ts";
import type { Anchored, Options, State } from "./types.ts";

/** So many looks in a row may fail before it is given up. */
const PATIENCE = 10;

/**
 * Puts a state on the chain and waits until its block is final. A transaction that is stuck is
 * replaced by a dearer one; one that a reorganisation has taken away is sent again.
 *
 * @throws CharlaError `anchor_conflict`, `anchor_older`, `anchor_too_dear`, `anchor_no_funds`,
 *   `anchor_refused`, `anchor_not_final`, `anchor_unreachable`
 */
export async function anchor(
  chain: Chain,
  operator: Operator,
  state: State,
  options: Options & { readonly contract: Hex },
): Promise<Anchored> {
  const { every = 6_000, within = 45 * 60_000, stuckAfter = 90_000 } = options;
  const { signal, contract, tell = () => {} } = options;
  const end = Date.now() + within;
  /** In milliseconds since 1970; 0 if never. */
  let sentAt = 0;
  let seen: Anchored | null = null;
  let failures = 0;

  async function look(): Promise<Anchored | null> {
    const found = await chain.find(state);
    const before = seen;
    seen = found;
    if (found) {
      if (found.blockHash !== before?.blockHash) tell("included", found.transaction);
      return found.block <= (await chain.final()) ? found : null;
    }
    if (before) tell("lost", before.transaction);
    if (before || Date.now() - sentAt > stuckAfter) await send();
    return null;
  }

  async function send(): Promise<void> {
    const anchored = await chain.size();
    if (anchored > state.size) throw errors.older(state.size, anchored);
    const transaction = await operator.send(contract, state);
    if (transaction) tell(sentAt > 0 ? "replaced" : "sent", transaction);
    sentAt = Date.now();
  }

  while (Date.now() < end) {
    signal?.throwIfAborted();
    try {
      const final = await look();
      if (final) {
        tell("final", final.transaction);
        return final;
      }
      failures = 0;
    } catch (error) {
      const bearable = error instanceof CharlaError && error.code === "anchor_unreachable";
      if (!bearable || ++failures === PATIENCE) throw error;
    }
    await sleep(every, undefined, { signal });
  }
  throw errors.notYet(Math.round(within / 1000));
}
