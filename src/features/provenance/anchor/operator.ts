/**
 * The account that writes to the contract: what it offers for a place in a block, and how what waits
 * too long is replaced. Its key is read by `charla anchor` alone, never by the server.
 */
import type * as Viem from "viem";
import type * as Accounts from "viem/accounts";
import { asked, checkChain, networkOf } from "./chain.ts";
import { ABI, BYTECODE, type Hex } from "./contract.ts";
import * as errors from "./errors.ts";
import type { Options, State } from "./types.ts";

/** Units of gas that an anchor may take; the first one of a contract takes 92,000. */
const GAS = 150_000n;

/** In wei for a unit of gas: all in all, and to who makes the block. */
interface Price {
  readonly max: bigint;
  readonly tip: bigint;
}

export class Operator {
  readonly #client: Viem.PublicClient;
  readonly #wallet: Viem.WalletClient<Viem.Transport, Viem.Chain, Viem.PrivateKeyAccount>;
  readonly #options: Options;
  /** The highest price that may be offered. */
  readonly #limit: bigint;
  /** For the transaction that waits. */
  #offered: Price | null = null;

  constructor(viem: typeof Viem, accounts: typeof Accounts, key: Hex, options: Options) {
    const network = networkOf(viem, options);
    this.#client = viem.createPublicClient({ ...network, cacheTime: 0 });
    this.#wallet = viem.createWalletClient({
      ...network,
      account: accounts.privateKeyToAccount(key),
    });
    this.#options = options;
    this.#limit = viem.parseGwei(String(options.maxGwei ?? MAX_GWEI));
  }

  get address(): Hex {
    return this.#wallet.account.address;
  }

  /** Makes a new contract, and waits until it is in a block. */
  async deploy(): Promise<{ contract: Hex; block: bigint; gas: bigint }> {
    const { chainId, every = 6_000, within } = this.#options;
    await checkChain(this.#client, chainId);
    const price = await this.#price();
    const bytecode = BYTECODE;
    const hash = await this.#sent(() =>
      this.#wallet.deployContract({ abi: ABI, bytecode, ...offer(price) }),
    );
    const waiting = { hash, pollingInterval: every, ...(within && { timeout: within }) };
    const receipt = await asked(() => this.#client.waitForTransactionReceipt(waiting));
    const { contractAddress: contract, status, blockNumber: block, gasUsed: gas } = receipt;
    if (status !== "success" || !contract) throw errors.wrongContract(contract ?? "-");
    return { contract, block, gas };
  }

  /**
   * Sends a state in the place of whatever of this account waits for a block, so that nothing is
   * written twice.
   *
   * @returns the transaction; null when it waits already as it is
   * @throws CharlaError `anchor_too_dear`, `anchor_no_funds`, `anchor_refused`, `anchor_unreachable`
   */
  async send(contract: Hex, state: State): Promise<Hex | null> {
    const { address } = this;
    const count = (blockTag: "latest" | "pending") =>
      asked(() => this.#client.getTransactionCount({ address, blockTag }));
    const [nonce, known] = await Promise.all([count("latest"), count("pending")]);
    let price = await this.#price(known > nonce);
    for (;;) {
      this.#offered = price;
      try {
        return await this.#sent(() =>
          this.#wallet.writeContract({
            address: contract,
            abi: ABI,
            functionName: "anchor",
            args: [state.size, state.root, state.zkRoot, state.noteHash],
            nonce,
            // Not estimated: a node would count our own waiting transaction as done.
            gas: GAS,
            type: "eip1559",
            ...offer(price),
          }),
        );
      } catch (error) {
        const text = causes(error);
        if (WAITING.test(text)) return null;
        if (!UNDERPRICED.test(text)) throw error;
        price = this.#allowed({ max: dearer(price.max), tip: dearer(price.tip) });
      }
    }
  }

  /** @param replacing whether a transaction waits whose place it has to take */
  async #price(replacing = false): Promise<Price> {
    const fees = await asked(() => this.#client.estimateFeesPerGas());
    const now = { max: fees.maxFeePerGas, tip: fees.maxPriorityFeePerGas };
    const before = this.#offered;
    if (!replacing || !before) return this.#allowed(now);
    const above = (one: bigint, other: bigint) => (one > dearer(other) ? one : dearer(other));
    return this.#allowed({ max: above(now.max, before.max), tip: above(now.tip, before.tip) });
  }

  #allowed(price: Price): Price {
    if (price.max > this.#limit) throw errors.tooDear(this.#options.maxGwei ?? MAX_GWEI);
    return price;
  }

  async #sent(send: () => Promise<Hex>): Promise<Hex> {
    try {
      return await send();
    } catch (error) {
      const text = causes(error);
      if (UNDERPRICED.test(text) || WAITING.test(text)) throw error;
      if (/insufficient funds|exceeds the balance/i.test(text)) throw errors.noFunds(this.address);
      if (/revert/i.test(text)) throw errors.refused(error as Error);
      throw errors.unreachable(error);
    }
  }
}

const MAX_GWEI = 100;

const offer = ({ max, tip }: Price) => ({ maxFeePerGas: max, maxPriorityFeePerGas: tip });

/** In the words of geth, Erigon, Nethermind, Besu and anvil. */
const UNDERPRICED = /underpriced|replacement/i;
const WAITING = /already (known|imported|exists)/i;

/** Nodes take a replacement only when it offers a tenth more; an eighth is the custom. */
const dearer = (price: bigint) => (price * 9n) / 8n + 1n;

/** What an error and all of its causes say. */
function causes(error: unknown): string {
  let text = "";
  for (let one: unknown = error; one instanceof Error; one = one.cause) text += `${one.message}\n`;
  return text;
}
