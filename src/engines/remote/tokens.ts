/**
 * How long a prompt is, by the server's own tokenizer where it has one to ask.
 * Sources: llama.cpp's server README ("/apply-template", "/tokenize"); vLLM's
 * "OpenAI-Compatible Server", Tokenizer API.
 */
import * as z from "zod";
import type { Tools } from "../../core/extras.ts";
import { imageTokens } from "../../core/images.ts";
import type { Message } from "../../core/types.ts";
import { toApi, toolsOf } from "./request.ts";
import type { Server } from "./server.ts";

export interface Counter {
  readonly exact: boolean;
  count(messages: readonly Message[], tools?: Tools): Promise<number>;
}

const vllm = z.object({ count: z.number() });
const template = z.object({ prompt: z.string() });
const tokenized = z.object({ tokens: z.array(z.unknown()) });

/** What images take nobody can ask, so it is estimated beside the text. */
export async function findCounter(server: Server, model: string): Promise<Counter> {
  const { exact, count } = await findTextCounter(server, model);
  return {
    exact,
    async count(messages, tools) {
      const images = messages.flatMap((message) => message.images ?? []);
      if (images.length === 0) return count(messages, tools);
      const seen = images.reduce((sum, image) => sum + imageTokens(image), 0);
      const texts = messages.map(({ images: _, ...message }) => message);
      return seen + (await count(texts, tools));
    },
  };
}

/** Finds out by a question of one word which of the ways the server knows. */
async function findTextCounter(server: Server, model: string): Promise<Counter> {
  const promptOf = (messages: readonly Message[], tools?: Tools) => ({
    ...{ model, messages: toApi(messages) },
    ...(tools && tools.list.length > 0 && { tools: toolsOf(tools) }),
  });
  const probe = { model, messages: [{ role: "user", content: "hello" }] };
  if (await server.askIfThere("/tokenize", vllm, probe)) {
    return {
      exact: true,
      count: async (...asked) => (await server.ask("/tokenize", vllm, promptOf(...asked))).count,
    };
  }
  if (await server.askIfThere("/apply-template", template, probe)) {
    return {
      exact: true,
      async count(...asked) {
        const { prompt } = await server.ask("/apply-template", template, promptOf(...asked));
        const text = { model, content: prompt, add_special: true, parse_special: true };
        return (await server.ask("/tokenize", tokenized, text)).tokens.length;
      },
    };
  }
  return { exact: false, count: async (...asked) => estimate(...asked) };
}

/**
 * Three bytes of UTF-8 a token, and six tokens a message for its frame: about a third too many
 * for English, less for other languages. Too many costs a remembered turn, too few the answer.
 */
function estimate(messages: readonly Message[], tools: Pick<Tools, "list"> = { list: [] }): number {
  const calls = messages.flatMap(({ toolCalls = [] }) => toolCalls);
  const texts = messages.map(({ content }) => content);
  texts.push(...calls.map((call) => call.name + call.arguments));
  texts.push(...tools.list.map((tool) => JSON.stringify(tool)));
  return texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 3) + 6, 0);
}
