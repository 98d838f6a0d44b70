/** W3: a short prompt and a long answer of 512 tokens: how fast it is written. */
import { contest } from "../contenders.ts";
import { measure } from "../measure.ts";
import { askAtOnce, complainOfShort, decodeSpeed, type Workload, whole } from "./shared.ts";

export const w3: Workload = {
  name: "W3",
  about: "A prompt of 32 tokens, 512 out: tokens a second at which the answer is written.",
  async run(bench) {
    const setup = { slots: 1, context: 1024 };
    const maxTokens = bench.quick ? 64 : 512;
    await using started = await contest(bench, setup, ["loop", "llama-server"]);
    return await measure({
      workload: "W3",
      cases: { decode: "tokens/s" },
      rounds: bench.quick ? 1 : 3,
      contenders: started.contenders,
      async run(system, _round, trial) {
        const size = { chats: 1, promptTokens: 32, maxTokens: trial ? 64 : maxTokens };
        const answers = whole(await askAtOnce(bench, system, size));
        complainOfShort(system, answers, size.maxTokens);
        return { decode: decodeSpeed(answers[0] as (typeof answers)[number]) };
      },
    });
  },
};
