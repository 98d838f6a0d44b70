/** W2: a long prompt of 1,024 tokens and 64 out: how fast it is read. */
import { contest } from "../contenders.ts";
import { measure } from "../measure.ts";
import { askAtOnce, decodeSpeed, firstTokenMs, type Workload, warmUp, whole } from "./shared.ts";

const PROMPT = 1024;

export const w2: Workload = {
  name: "W2",
  about: "A prompt of 1,024 tokens, 64 out: tokens a second at which the prompt is read.",
  async run(bench) {
    const setup = { slots: 1, context: 2048 };
    await using started = await contest(bench, setup, ["loop", "llama-server", "onnx"]);
    return await measure({
      workload: "W2",
      cases: { prefill: "tokens/s", "decode after it": "tokens/s" },
      rounds: bench.quick ? 1 : 3,
      contenders: started.contenders,
      async run(system, _round, trial) {
        if (trial && bench.quick) return warmUp(bench, system);
        const promptTokens = bench.quick ? PROMPT / 2 : PROMPT;
        const size = { chats: 1, promptTokens, maxTokens: bench.quick ? 16 : 64 };
        const [answer] = whole(await askAtOnce(bench, system, size));
        if (!answer) throw new TypeError("no answer");
        const prefill = promptTokens / (firstTokenMs(answer) / 1000);
        return { prefill, "decode after it": decodeSpeed(answer) };
      },
    });
  },
};
