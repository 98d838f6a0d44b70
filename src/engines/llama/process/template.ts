/**
 * The chat template that prompts are made with: the file's own; where that is missing or broken,
 * Chat ML, if its marks are in the vocabulary, or what node-llama-cpp takes for a model of this kind.
 */
import type { ChatWrapper, Tokenizer } from "node-llama-cpp";
import type { StandIn } from "../../../core/extras.ts";
import type { ThinkingWays, ThinkingWish } from "../../../core/thoughts.ts";
import { waysOf, wordsFor } from "../../thinking.ts";
import { beforeAnswers, guessedWrapper, JinjaTemplateChatWrapper } from "./chat-wrapper.ts";
import { type CallFormat, callFormat } from "./tools-format.ts";

export interface Form {
  /** Undefined for a model that knows no roles. */
  readonly wrapper: ChatWrapper | undefined;
  /** What can be wished of thoughts. */
  readonly thinking?: ThinkingWays | undefined;
  /** The same template, told how much may be thought. */
  told?(wish?: ThinkingWish): Told;
  /** How calls of tools are written. */
  readonly calls: CallFormat | undefined;
  /** Undefined where the file's own template is used. */
  readonly standIn: StandIn | undefined;
}

/** Source: OpenAI's Chat Markup Language, as models that are trained on it have it in their files. */
const CHAT_ML = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

interface Told {
  readonly wrapper: ChatWrapper;
  /** What stands before an answer; undefined where the wrapper writes it. */
  readonly opening: string | undefined;
}

interface Source {
  readonly template: string | undefined;
  readonly tokenizer: Tokenizer;
  /** Of the model's file, whose name and header help where its template is broken. */
  readonly path: string;
}

/** @param tryOut throws where a prompt cannot be made: some templates break only then */
export async function formOf(
  { template, tokenizer, path }: Source,
  tryOut: (wrapper: ChatWrapper) => void,
): Promise<Form> {
  const missing = template === undefined || template.trim() === "";
  let reason: string | undefined;
  if (!missing) {
    try {
      const wrapper = new JinjaTemplateChatWrapper({ template, tokenizer });
      tryOut(wrapper);
      const calls = wrapper.usingJinjaFunctionCallTemplate ? callFormat(wrapper) : undefined;
      const thinking = waysOf(template);
      const told = remembered((words) => {
        const reasoning = words.enable_thinking !== false;
        const options = { template, tokenizer, reasoning, additionalRenderParameters: words };
        const one = Object.keys(words).length > 0 ? new JinjaTemplateChatWrapper(options) : wrapper;
        return { wrapper: one, opening: beforeAnswers(one, words) };
      });
      return { wrapper, calls, standIn: undefined, ...(thinking && { thinking, told }) };
    } catch (thrown) {
      reason = wordsOf(thrown);
    }
  }
  const without = { calls: undefined };
  if (knowsChatMl(tokenizer)) {
    const wrapper = new JinjaTemplateChatWrapper({ template: CHAT_ML, tokenizer });
    return { ...without, wrapper, standIn: { template: "chatml", reason } };
  }
  if (missing) return { ...without, wrapper: undefined, standIn: { template: "none", reason } };
  const wrapper = await guessedWrapper(template, tokenizer, path);
  return { ...without, wrapper, standIn: { template: "guessed", reason } };
}

/** It takes a while to make one, and there are five. */
function remembered(
  make: (words: ReturnType<typeof wordsFor>) => Told,
): (wish?: ThinkingWish) => Told {
  const known = new Map<string, Told>();
  return (wish) => {
    const words = wordsFor(wish);
    const key = JSON.stringify(words);
    const told = known.get(key) ?? make(words);
    known.set(key, told);
    return told;
  };
}

function knowsChatMl(tokenizer: Tokenizer): boolean {
  return ["<|im_start|>", "<|im_end|>"].every((mark) => {
    const [token, ...more] = tokenizer(mark, true);
    return token !== undefined && more.length === 0 && tokenizer.isSpecialToken(token);
  });
}

const wordsOf = (thrown: unknown): string => {
  const { cause, message } = thrown as Error;
  return cause instanceof Error ? cause.message : message;
};
