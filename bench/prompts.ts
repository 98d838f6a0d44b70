/** Prompts with an exact number of tokens, each different from the first token of its own on. */
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { random } from "../src/core/statistics.ts";
import type { Message } from "../src/core/types.ts";
import type { System } from "./types.ts";

/** Words of everyday English; those that are not one token each in this model are left out. */
const WORDS = `time year people way day man thing woman life child world school state family student
group country problem hand part place case week company system program question work government
number night point home water room mother area money story fact month lot right study book eye job
word business issue side kind head house service friend father power hour game line end member law
car city community name president team minute idea body information back parent face others level
office door health person art war history party result change morning reason research girl guy
moment air teacher force education foot boy age policy music market sense nation plan college
interest death experience effect use class control field development role effort rate heart drug
show leader light voice wife police mind price report decision son view relationship town road arm
difference value building action season society tax director position player record paper space
ground form event official matter center couple site project activity star table need court oil
situation cost industry figure street image phone data picture practice piece land product doctor
wall worker news test movie north love support technology`.split(/\s+/);

export interface Vocabulary {
  count(text: string): number;
  /** Words that are one token each, with the space before them. */
  readonly words: readonly string[];
  /** Tokens that end an answer. */
  readonly endTokens: readonly number[];
}

/** Reads the tokenizer of a GGUF file, without the weights. */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
  const count = (text: string) => model.tokenize(text).length;
  // Twice, since the first of them can bring a token that opens the text.
  const words = WORDS.filter((word) => count(`a ${word} ${word}`) - count("a") === 2);
  const endTokens = [...model.iterateAllTokens()].filter((token) => model.isEogToken(token));
  return { count, words, endTokens };
}

/** Makes prompts; the same seed makes the same ones. */
export class Prompts {
  readonly #vocabulary: Vocabulary;
  readonly #next: () => number;
  /** What the chat template adds around a system and a user message, in tokens. */
  #template = 0;

  constructor(vocabulary: Vocabulary, seed: number) {
    this.#vocabulary = vocabulary;
    this.#next = random(seed);
  }

  /** Learns the size of the template from what a system reports; all of them use the same file. */
  async calibrate(system: System): Promise<void> {
    const messages = this.question(100);
    const { promptTokens, error } = await system.ask({ messages, maxTokens: 1 });
    if (error !== null) throw new Error(error);
    if (promptTokens !== null) this.#template += promptTokens - 100;
  }

  /** A system prompt of its own and a question, of so many tokens with the template. */
  question(tokens: number): Message[] {
    const system = this.text(4, "");
    const rest = tokens - this.#template - this.#vocabulary.count(system);
    return [
      { role: "system", content: system },
      { role: "user", content: this.text(rest, "Tell a long story about") },
    ];
  }

  /** Words after a beginning, together so many tokens. */
  text(tokens: number, beginning: string): string {
    const { words, count } = this.#vocabulary;
    const word = () => words[Math.floor(this.#next() * words.length)] as string;
    const list = beginning === "" ? [word()] : beginning.split(" ");
    while (count(list.join(" ")) < tokens) list.push(word());
    return list.join(" ");
  }
}
