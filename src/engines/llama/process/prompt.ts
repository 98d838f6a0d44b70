/**
 * From messages and tools to the tokens of a prompt, by the chat template inside the model's file.
 *
 * User text can never become a control token: the template's own marks are `SpecialTokensText`,
 * while every message stays a plain string, which is tokenised with special tokens off. Tools and
 * their arguments are written by the template itself; control tokens in them are taken out before
 * it runs, and put back as plain text (`tools-guard.ts`).
 */
import { createHash } from "node:crypto";
import type {
  ChatHistoryItem,
  ChatWrapper,
  LlamaTextValue,
  LlamaText as Text,
  Token,
  Tokenizer,
} from "node-llama-cpp";
import type { Extras, Message } from "../../../core/types.ts";
import { commonFrom } from "../cache/prefixes.ts";
import {
  JinjaTemplateChatWrapper,
  LlamaText,
  SpecialToken,
  SpecialTokensText,
  wrapperOf,
} from "./chat-wrapper.ts";
import { type CallFormat, callFormat } from "./tools-format.ts";
import { Guard } from "./tools-guard.ts";
import { toHistory } from "./tools-history.ts";

export interface Prompt {
  readonly tokens: readonly number[];
  /** So many of the first tokens come from the template, the system prompt and the tools. */
  readonly systemTokens: number;
  /** What ends the thought that the prompt opens for the model, if it opens one. */
  readonly thought: string | undefined;
}

export interface Prompts {
  /** SHA-256 of the template's source. */
  readonly digest: string;
  /** The template knows tools. */
  readonly tools: boolean;
  /** How calls of tools are written. */
  readonly calls: CallFormat | undefined;
  /** Control tokens that belong to calls, with their texts: they are part of what is read. */
  readonly marks: ReadonlyMap<number, string>;
  /** Tokens that end the answer, besides the model's own end-of-generation tokens. */
  readonly stopTokens: ReadonlySet<number>;
  render(messages: readonly Message[], extras?: Extras): Prompt;
}

/** A message that begins like none: what a prompt shares with its prompt is the system's part. */
const PROBE: Message = { role: "user", content: "\u00b6" };
/** Prompts of systems whose length is remembered. */
const MAX_PROBES = 16;

/** What a prompt is made with: a model's words, and the chat template of its file. */
export interface Words {
  readonly tokenizer: Tokenizer;
  /** Tokens of the vocabulary. */
  readonly size: number;
  readonly template: string | undefined;
  /** Of the model's file. */
  readonly path: string;
}

export async function promptsOf(words: Words): Promise<Prompts> {
  const { tokenizer, template: source } = words;
  const digest = createHash("sha256")
    .update(source ?? "")
    .digest("hex");
  if (!source) return { ...withoutTemplate(tokenizer), digest };
  const wrapper = await wrapperOf(source, tokenizer, words.path);
  let controls: readonly string[] | undefined;
  const calls =
    wrapper instanceof JinjaTemplateChatWrapper && wrapper.usingJinjaFunctionCallTemplate
      ? callFormat(wrapper)
      : undefined;
  const probes = new Map<string, readonly number[]>();

  function write(messages: readonly Message[], extras: Extras) {
    const withTools = extras.tools ?? messages.find(({ toolCalls }) => toolCalls);
    if (withTools) controls ??= controlTexts(words);
    const guard = new Guard(controls ?? []);
    const chatHistory: ChatHistoryItem[] = toHistory(messages, guard);
    const last = chatHistory.at(-1);
    // After the result of a tool the model goes on with the message that called it.
    const goesOn = last?.type === "model" && typeof last.response.at(-1) === "object";
    if (!goesOn) chatHistory.push({ type: "model", response: [] });
    const offered = extras.tools?.choice === "none" ? [] : (extras.tools?.list ?? []);
    const functions = offered.map(({ name, description, parameters }) => {
      const params = guard.hide(parameters ?? { type: "object", properties: {} });
      return [guard.hide(name), { description: guard.hide(description), params }] as const;
    });
    const { contextText, stopGenerationTriggers } = wrapper.generateContextState({
      chatHistory,
      ...(functions.length > 0 && { availableFunctions: Object.fromEntries(functions) }),
      documentFunctionParams: true,
    } as Parameters<ChatWrapper["generateContextState"]>[0]);
    const values = guard.show(contextText.values);
    return { values, stops: stopGenerationTriggers, tokens: tokenise(tokenizer, values) };
  }

  /** The prompt up to the first message of the user, which many conversations share. */
  function systemPart(messages: readonly Message[], extras: Extras): readonly number[] {
    const system = messages[0]?.role === "system" ? [messages[0]] : [];
    const tools = extras.tools?.choice === "none" ? undefined : extras.tools?.list;
    const key = JSON.stringify([system, tools]);
    const known = probes.get(key) ?? write([...system, PROBE], extras).tokens;
    probes.delete(key);
    probes.set(key, known);
    const [oldest] = probes.keys();
    if (probes.size > MAX_PROBES && oldest !== undefined) probes.delete(oldest);
    return known;
  }

  // The mark that closes a message, if it is a token of its own.
  const stops = write([PROBE], {})
    .stops.flatMap((mark) => mark.tokenize(tokenizer).slice(0, 1))
    .filter((token) => tokenizer.isSpecialToken(token));

  return {
    digest,
    stopTokens: new Set(stops),
    tools: calls !== undefined,
    calls,
    marks: new Map(
      tokenizer(calls?.text ?? "", true)
        .filter((token) => tokenizer.isSpecialToken(token))
        .map((token) => [token, tokenizer.detokenize([token], true)]),
    ),
    render(messages, extras = {}) {
      const { values, tokens } = write(messages, extras);
      return {
        tokens,
        systemTokens: commonFrom(0, tokens, systemPart(messages, extras)),
        thought: openThought(wrapper, values.at(-1)),
      };
    },
  };
}

/** DialoGPT's format: every message, whoever wrote it, ends with the end-of-text token. */
function withoutTemplate(tokenizer: Tokenizer): Omit<Prompts, "digest"> {
  const end = new SpecialToken("EOS");
  return {
    tools: false,
    calls: undefined,
    marks: new Map(),
    stopTokens: new Set(),
    render(messages) {
      const tokens = tokenise(
        tokenizer,
        messages.flatMap(({ content }) => [content, end]),
      );
      return { tokens, systemTokens: 0, thought: undefined };
    },
  };
}

function tokenise(tokenizer: Tokenizer, values: readonly LlamaTextValue[]): readonly number[] {
  return LlamaText([...values]).tokenize(tokenizer);
}

/** Found when tools are first asked for: it takes 0.1 s and more. */
function controlTexts({ tokenizer, size }: Words): readonly string[] {
  return Array.from({ length: size }, (_, token) => token as Token)
    .filter((token) => tokenizer.isSpecialToken(token))
    .map((token) => tokenizer.detokenize([token], true))
    .filter((text) => text !== "");
}

/** Templates of models that reason can end the prompt within a thought. */
function openThought(wrapper: ChatWrapper, last: LlamaTextValue | undefined): string | undefined {
  const { prefix, suffix = "</think>" } = wrapper.settings.segments?.thought ?? {};
  if (prefix === undefined || !(last instanceof SpecialTokensText)) return undefined;
  const open = isText(prefix) ? LlamaText(prefix).toString() : "<think>";
  const close = LlamaText(suffix).toString().trim();
  return last.value.lastIndexOf(open.trim()) > last.value.lastIndexOf(close) ? close : undefined;
}

function isText(value: unknown): value is string | Text {
  return typeof value === "string" || LlamaText.isLlamaText(value);
}
