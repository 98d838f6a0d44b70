/**
 * One contract on one Ethereum chain, read. A server for the chain is believed as little as can be: the
 * chain's number, the contract's code and the event are checked.
 */
import type * as Viem from "viem";
import { ABI, codeOf, type Hex } from "./contract.ts";
import * as errors from "./errors.ts";
import type { Anchored, Options, State } from "./types.ts";

/** Servers refuse to search more blocks at once. */
const BLOCKS_A_SEARCH = 2_000n;

const ZERO: Hex = `0x${"0".repeat(64)}`;

export class Chain {
  readonly #client: Viem.PublicClient;
  readonly #contract: Viem.GetContractReturnType<typeof ABI, Viem.PublicClient>;
  readonly #options: Options & { readonly contract: Hex };

  /**
   * @param operator whose contract it has to be, where it is to be written to
   * @throws CharlaError `anchor_chain` for another chain, `anchor_contract` for another contract,
   *   `anchor_unreachable`
   */
  static async open(
    viem: typeof Viem,
    options: Options & { readonly contract: Hex },
    operator?: Hex,
  ): Promise<Chain> {
    const chain = new Chain(viem, options);
    await checkChain(chain.#client, options.chainId);
    await chain.#checkCode(operator);
    return chain;
  }

  private constructor(viem: typeof Viem, options: Options & { readonly contract: Hex }) {
    this.#options = options;
    this.#client = viem.createPublicClient({ ...networkOf(viem, options), cacheTime: 0 });
    const { contract: address } = options;
    this.#contract = viem.getContract({ address, abi: ABI, client: this.#client });
  }

  async #checkCode(operator: Hex | undefined): Promise<void> {
    const { contract: address } = this.#options;
    const wrong = errors.wrongContract(address);
    const code = await asked(() => this.#client.getCode({ address }));
    if (!code) throw wrong;
    const writer = await this.#contract.read.operator().catch(() => null);
    if (writer === null || code !== codeOf(writer)) throw wrong;
    if (operator && operator.toLowerCase() !== writer.toLowerCase()) throw wrong;
  }

  /** Entries of the log that the chain has, whether final or not. */
  size(): Promise<bigint> {
    return asked(() => this.#contract.read.size());
  }

  /** The block up to which the chain is final. */
  async final(): Promise<bigint> {
    return (await asked(() => this.#client.getBlock({ blockTag: "finalized" }))).number;
  }

  /**
   * The anchor of this size in the chain as it is now.
   *
   * @throws CharlaError `anchor_conflict` when the chain has another root there
   */
  async find(state: State): Promise<Anchored | null> {
    const root = await asked(() => this.#contract.read.rootAt([state.size]));
    if (BigInt(root) === 0n) return null;
    if (root !== state.root) throw errors.conflict(state.size);
    const { chainId, contract, since = 0n } = this.#options;
    let to = (await asked(() => this.#client.getBlock())).number;
    for (;;) {
      const from = to - BLOCKS_A_SEARCH > since ? to - BLOCKS_A_SEARCH + 1n : since;
      const range = { fromBlock: from, toBlock: to };
      const [event] = await asked(() =>
        this.#contract.getEvents.Anchored({ size: state.size }, range),
      );
      if (event) {
        const { transactionHash: transaction, blockNumber, blockHash, args } = event;
        if (args.root !== state.root || args.size !== state.size) throw errors.conflict(state.size);
        const block = await asked(() => this.#client.getBlock({ blockHash }));
        const { zkRoot = ZERO, noteHash = ZERO } = args;
        const place = { chainId, contract, transaction, block: blockNumber, blockHash };
        return { ...state, zkRoot, noteHash, ...place, time: block.timestamp };
      }
      // The root came from this contract, so its event is there, unless the chain was reorganised meanwhile.
      if (from === since) return null;
      to = from - 1n;
    }
  }
}

/** The chain and the way to it, for viem's clients. */
export function networkOf(
  viem: typeof Viem,
  { url, chainId, timeout = 20_000 }: Options,
): { readonly chain: Viem.Chain; readonly transport: Viem.HttpTransport } {
  const chain = viem.defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  return { chain, transport: viem.http(url, { timeout, retryCount: 4, retryDelay: 250 }) };
}

/** @throws CharlaError `anchor_chain`, `anchor_unreachable` */
export async function checkChain(client: Viem.PublicClient, wanted: number): Promise<void> {
  const found = await asked(() => client.getChainId());
  if (found !== wanted) throw errors.wrongChain(wanted, found);
}

/** @throws CharlaError `anchor_unreachable` for whatever the server does wrong */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw errors.unreachable(error);
  }
}
