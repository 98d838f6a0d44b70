/** Starts the systems that a workload compares, each in the settings that compete for it. */
import type { Contender } from "./measure.ts";
import { startEmbedded } from "./peers/charla.ts";
import { startLlamaServer, threadChoices } from "./peers/llama-server.ts";
import { loopThreads, startLoop } from "./peers/loop.ts";
import { startOnnx } from "./peers/onnx.ts";
import { startTransformers } from "./peers/transformers.ts";
import type { Prompts } from "./prompts.ts";
import type { Setup, System } from "./types.ts";

export interface Bench {
  /** Path of the GGUF file. */
  readonly model: string;
  readonly endTokens: readonly number[];
  readonly prompts: Prompts;
  /** Peers that were asked for. */
  readonly peers: ReadonlySet<string>;
  /** Fewer cases, rounds and tokens; three minutes for everything. */
  readonly quick: boolean;
}

type Starter = (bench: Bench, setup: Setup) => ReadonlyArray<() => Promise<System>>;

/** The peers that run the model themselves. */
const STARTERS: Readonly<Record<string, Starter>> = {
  charla: ({ model, endTokens }, setup) => [() => startEmbedded(model, setup, endTokens)],
  onnx: ({ model, endTokens }, setup) => [() => startOnnx(model, setup, endTokens)],
  loop: ({ model }, setup) =>
    loopThreads().map((threads) => () => startLoop(model, setup, threads)),
  "llama-server": ({ model }, setup) =>
    threadChoices().map((threads) => () => startLlamaServer(model, setup, threads)),
  transformers: ({ model }) => [() => startTransformers(model)],
};

export interface Contest extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  /** Charla, if it started. */
  readonly charla: System | undefined;
}

/** Charla and those of the peers that were asked for. */
export async function contest(
  bench: Bench,
  setup: Setup,
  peers: readonly string[],
): Promise<Contest> {
  const contenders: Contender[] = [];
  for (const name of ["charla", ...peers.filter((peer) => bench.peers.has(peer))]) {
    const settings: System[] = [];
    try {
      const starters = (STARTERS[name] as Starter)(bench, setup);
      // Who is in a hurry compares each peer in its first setting alone.
      for (const start of bench.quick ? starters.slice(0, 1) : starters) {
        settings.push(await start());
      }
      contenders.push({ name, settings });
    } catch (thrown) {
      await Promise.all(settings.map((system) => system.stop()));
      const failed = thrown instanceof Error ? thrown.message : String(thrown);
      contenders.push({ name, settings: [], failed });
    }
  }
  const [charla] = contenders[0]?.settings ?? [];
  // The bare loop knows no template.
  const any = contenders.find(({ name, settings }) => name !== "loop" && settings.length > 0);
  if (any?.settings[0]) await bench.prompts.calibrate(any.settings[0]);
  return {
    contenders,
    charla,
    async [Symbol.asyncDispose]() {
      const systems = contenders.flatMap(({ settings }) => settings);
      await Promise.all(systems.map((system) => system.stop()));
    },
  };
}
