/**
 * The bare loop: node-llama-cpp as Charla ships it, one sequence for each chat, no server and no
 * transport. Takes one question a line and gives one answer a line, both JSON.
 */
import { createInterface } from "node:readline";
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from "node-llama-cpp";

const [path, slots, context, threads] = process.argv.slice(2) as [string, string, string, string];
const llama = await getLlama({
  build: "never",
  gpu: false,
  maxThreads: Number(threads),
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath: path });
const llamaContext = await model.createContext({
  sequences: Number(slots),
  contextSize: Number(context),
  threads: Number(threads),
});
const free = Array.from({ length: Number(slots) }, () => llamaContext.getSequence());
console.log("ready");

interface Line {
  readonly id: number;
  readonly text: string;
  readonly promptTokens: number;
  readonly maxTokens: number;
}

createInterface(process.stdin)
  .on("line", (text) => answer(JSON.parse(text) as Line))
  .on("close", () => process.exit());

async function answer(question: Line): Promise<void> {
  const { id, promptTokens, maxTokens } = question;
  const began = performance.now();
  const sequence = free.shift() as LlamaContextSequence;
  await sequence.clearHistory();
  const prompt = exactly(promptTokens, question.text);
  const deltas: number[] = [];
  let text = "";
  let last: Token[] = prompt.slice(-1);
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    text += model.detokenize([token], false, last);
    last = [token];
    deltas.push(performance.now() - began);
    if (deltas.length === maxTokens) break;
  }
  free.push(sequence);
  console.log(JSON.stringify({ id, deltas, promptTokens: prompt.length, text }));
}

/** The text as so many tokens: cut, or repeated from its beginning. */
function exactly(count: number, text: string): Token[] {
  const tokens = model.tokenize(text);
  return Array.from({ length: count }, (_, n) => tokens[n % tokens.length] as Token);
}
