/** W5: do four answers go on while a prompt of 1,024 tokens is read? */

import { quantile } from "../../src/core/statistics.ts";
import { type Bench, contest } from "../contenders.ts";
import { measure, type Values } from "../measure.ts";
import type { Answer, System } from "../types.ts";
import { firstTokenMs, type Workload, warmUp, whole } from "./shared.ts";

const DECODERS = 4;
const PROMPT = 1024;
/** Pieces that each answer has when the long prompt arrives. */
const BEFORE = 24;

export const w5: Workload = {
  name: "W5",
  about:
    "Four answers being written while a prompt of 1,024 tokens is read: time between two pieces " +
    "of those answers meanwhile.",
  async run(bench) {
    const setup = { slots: DECODERS + 1, context: 2048 };
    await using started = await contest(bench, setup, ["llama-server"]);
    return await measure({
      workload: "W5",
      cases: {
        "between pieces, p99": "ms",
        "between pieces, p50": "ms",
        "first token of the long prompt": "ms",
      },
      rounds: bench.quick ? 1 : 3,
      contenders: started.contenders,
      run: (system, _round, trial) =>
        trial && bench.quick ? warmUp(bench, system) : once(bench, system),
    });
  },
};

async function once({ prompts, quick }: Bench, system: System): Promise<Values> {
  const enough = new AbortController();
  let ready = 0;
  const { promise: allWrite, resolve } = Promise.withResolvers<void>();
  const onDelta = (count: number) => {
    if (count === BEFORE && ++ready === DECODERS) resolve();
  };
  const decoders = Array.from({ length: DECODERS }, (_, n) =>
    system.ask({
      messages: prompts.question(64),
      ...{ maxTokens: 1500, user: `user-${n}`, signal: enough.signal, onDelta },
    }),
  );
  const early = Promise.all(decoders).then(endedEarly);
  await Promise.race([allWrite, early]);
  const messages = prompts.question(quick ? PROMPT / 2 : PROMPT);
  const long = await system.ask({ messages, maxTokens: 8, user: "long" });
  enough.abort();
  whole([long]);
  const [from, to] = [long.began, long.began + firstTokenMs(long)];
  const gaps = (await Promise.all(decoders)).flatMap((answer) => gapsWithin(answer, from, to));
  if (gaps.length === 0) throw new Error("the answers ended before the long prompt was read");
  return {
    "between pieces, p99": quantile(gaps, 0.99),
    "between pieces, p50": quantile(gaps, 0.5),
    "first token of the long prompt": to - from,
  };
}

function endedEarly(answers: readonly Answer[]): never {
  const reason = answers.find(({ error }) => error !== null && error !== "cancelled")?.error;
  throw new Error(reason ?? "the answers ended before the long prompt arrived");
}

/** Times between two pieces where they overlap a span, whole. */
export function gapsWithin({ deltas }: Pick<Answer, "deltas">, from: number, to: number): number[] {
  return deltas.flatMap((time, n) => {
    const before = deltas[n - 1];
    return before !== undefined && time > from && before < to ? [time - before] : [];
  });
}
