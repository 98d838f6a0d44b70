/**
 * From messages and tools to the tokens of a prompt, by the chat template inside the model's file.
 *
 * User text can never become a control token: the template's own marks are `SpecialTokensText`,
 * while every message stays a plain string, which is tokenised with special tokens off. Tools and
 * their arguments are written by the template itself; control tokens in them are taken out before
 * it runs, and put back as plain text (`tools-guard.ts`).
 */
import { hash } from "node:crypto";
import type {
  ChatHistoryItem,
  ChatWrapper,
  LlamaTextValue,
  LlamaText as Text,
  Token,
  Tokenizer,
} from "node-llama-cpp";
import type { StandIn } from "../../../core/extras.ts";
import type { ThinkingWays } from "../../../core/thoughts.ts";
import type { Extras, Message } from "../../../core/types.ts";
import { wordsFor } from "../../thinking.ts";
import { commonFrom } from "../cache/prefixes.ts";
import { LlamaText, SpecialToken, SpecialTokensText } from "./chat-wrapper.ts";
import { messagesRefused } from "./errors.ts";
import { Reading } from "./reading.ts";
import { type Slice, Slices } from "./slices.ts";
import { type Form, formOf } from "./template.ts";
import type { CallFormat } from "./tools-format.ts";
import { Guard } from "./tools-guard.ts";
import { toHistory } from "./tools-history.ts";

export interface Prompt {
  readonly tokens: readonly number[];
  /** So many of the first tokens come from the template, the system prompt and the tools. */
  readonly systemTokens: number;
  /** What ends the thought that the prompt opens for the model, if it opens one. */
  readonly thought: string | undefined;
  /** It ends within the answer, so that a space before the first word is one that was written. */
  readonly begun: boolean;
}

const isBegun = (messages: readonly Message[]) =>
  messages.at(-1)?.role === "assistant" && messages.at(-1)?.content !== "";

export interface Prompts {
  /** SHA-256 of the template's source. */
  readonly digest: string;
  /** What stands in for the file's own template, where that cannot be used. */
  readonly standIn: StandIn | undefined;
  /** What can be wished of thoughts. */
  readonly thinking: ThinkingWays | undefined;
  /** Tokens that end a thought. @param mark that of the template */
  close(mark: string): readonly number[];
  /** The template knows tools. */
  readonly tools: boolean;
  /** How calls of tools are written. */
  readonly calls: CallFormat | undefined;
  /** Control tokens that belong to calls, with their texts: they are part of what is read. */
  readonly marks: ReadonlyMap<number, string>;
  /** Tokens that end the answer, besides the model's own end-of-generation tokens. */
  readonly stopTokens: ReadonlySet<number>;
  /** The fewest tokens that a message takes, whatever it says. */
  readonly messageTokens: number;
  /** Tokens of a text as it would stand in a message. */
  foreign(text: string, slice: Slice): Promise<readonly number[]>;
  /** The same of a text that goes on behind the prompt, as an answer does. */
  answer(text: string, slice: Slice): Promise<readonly number[]>;
  /** @throws CharlaError `messages_refused`, `invalid_tools`; the reason of the slice's signal */
  render(messages: readonly Message[], extras?: Extras, slice?: Slice): Promise<Prompt>;
}

/** A message that begins like none: what a prompt shares with its prompt is the system's part. */
const PROBE: Message = { role: "user", content: "\u00b6" };
const ANSWER: Message = { role: "assistant", content: PROBE.content };
/** As the wrapper has it: with an empty answer at its end, behind which stands what ends one. */
const PLAIN: Extras = {};
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
  /** Texts of tokens that are not control tokens, and yet more than their letters (`Marks`). */
  readonly marks?: readonly string[] | undefined;
  /** The tokens that open every text, by the file; most templates write them. */
  readonly opening?: readonly number[] | undefined;
}

export async function promptsOf(words: Words): Promise<Prompts> {
  const { tokenizer, template: source, marks = [], opening = [] } = words;
  const digest = hash("sha256", source ?? "", "hex");
  const reading = new Reading(tokenizer, marks);
  let controls: readonly string[] | undefined;
  const probes = new Map<string, readonly number[]>();
  let form: Form | undefined;
  form = await formOf(words, (one) => void write(one, [PROBE], PLAIN));
  const { wrapper: usual, calls, standIn, thinking } = form;
  const wrapperOf = ({ thinking }: Extras) => form?.told?.(thinking).wrapper ?? usual;

  function write(wrapper: ChatWrapper | undefined, messages: readonly Message[], extras: Extras) {
    if (extras.raw) return { values: [textOf(messages)], stops: [] };
    if (!wrapper) return { values: withoutTemplate(messages), stops: [] };
    const withTools = extras.tools ?? messages.find(({ toolCalls }) => toolCalls);
    if (withTools) controls ??= [...controlTexts(words), ...marks];
    const guard = new Guard(controls ?? []);
    const chatHistory: ChatHistoryItem[] = toHistory(messages, guard);
    // The model goes on with an answer that was begun, and with the message whose calls have results.
    const goesOn = chatHistory.at(-1)?.type === "model";
    const opening = goesOn || extras === PLAIN ? undefined : form?.told?.(extras.thinking).opening;
    if (!goesOn && opening === undefined) chatHistory.push({ type: "model", response: [] });
    const offered = extras.tools?.choice === "none" ? [] : (extras.tools?.list ?? []);
    const functions = offered.map(({ name, description, parameters }) => {
      const params = guard.hide(parameters ?? { type: "object", properties: {} });
      return [guard.hide(name), { description: guard.hide(description), params }] as const;
    });
    const { contextText, stopGenerationTriggers } = asked(() =>
      wrapper.generateContextState({
        chatHistory,
        ...(functions.length > 0 && { availableFunctions: Object.fromEntries(functions) }),
        documentFunctionParams: true,
      } as Parameters<ChatWrapper["generateContextState"]>[0]),
    );
    const values =
      opening === undefined ? contextText.values : endedBy(contextText.values, opening);
    return { values: guard.show(values), stops: stopGenerationTriggers };
  }

  async function tokensOf(values: readonly LlamaTextValue[], slice: Slice) {
    const tokens = await reading.tokens(values, slice);
    // A model that has never seen a text without them writes nonsense.
    return tokens[0] === opening[0] ? tokens : [...opening, ...tokens];
  }

  /** The prompt up to the first message of the user, which many conversations share. */
  async function systemPart(messages: readonly Message[], extras: Extras, slice: Slice) {
    const wrapper = wrapperOf(extras);
    if (!wrapper || extras.raw) return [];
    const system = messages[0]?.role === "system" ? [messages[0]] : [];
    const tools = extras.tools?.choice === "none" ? undefined : extras.tools?.list;
    const key = JSON.stringify([system, tools, wordsFor(extras.thinking)]);
    const probe = () => write(wrapper, [...system, PROBE], extras).values;
    const known = probes.get(key) ?? (await tokensOf(probe(), slice));
    probes.delete(key);
    probes.set(key, known);
    const [oldest] = probes.keys();
    if (probes.size > MAX_PROBES && oldest !== undefined) probes.delete(oldest);
    return known;
  }

  // The mark that closes a message, if it is a token of its own.
  const stops = write(usual, [PROBE], PLAIN)
    .stops.flatMap((mark) => mark.tokenize(tokenizer).slice(0, 1))
    .filter((token) => tokenizer.isSpecialToken(token));

  async function length(messages: readonly Message[]): Promise<number> {
    try {
      return (await tokensOf(write(usual, messages, {}).values, new Slices().begin())).length;
    } catch {
      return 0; // a template that knows only the first turn
    }
  }
  // Between two messages of one side stands one of the other: they cost at least their marks.
  const said = tokenizer(PROBE.content, false).length;
  const [one, three] = [await length([PROBE]), await length([PROBE, ANSWER, PROBE])];

  return {
    messageTokens: Math.max(1, Math.floor((three - one) / 2) - said),
    foreign: (text, slice) => reading.foreign(text, slice),
    answer: (text, slice) => reading.foreign(text, slice, true),
    digest,
    standIn,
    thinking,
    close: (mark) => tokenizer(`\n${mark}\n\n`, true, "trimLeadingSpace"),
    stopTokens: new Set(stops),
    tools: calls !== undefined,
    calls,
    marks: new Map(
      tokenizer(calls?.text ?? "", true)
        .filter((token) => tokenizer.isSpecialToken(token))
        .map((token) => [token, tokenizer.detokenize([token], true)]),
    ),
    async render(messages, extras = {}, slice = new Slices().begin()) {
      const wrapper = wrapperOf(extras);
      const { values } = write(wrapper, messages, extras);
      const tokens = await tokensOf(values, slice);
      return {
        tokens,
        systemTokens: commonFrom(0, tokens, await systemPart(messages, extras, slice)),
        thought: wrapper && openThought(wrapper, values.at(-1)),
        begun: extras.raw === true || isBegun(messages),
      };
    },
  };
}

/** Two texts of the template side by side are one, whose tokens may reach across. */
function endedBy(values: readonly LlamaTextValue[], text: string): readonly LlamaTextValue[] {
  const last = values.at(-1);
  const joins = last instanceof SpecialTokensText;
  const end = new SpecialTokensText(joins ? last.value + text : text);
  return [...(joins ? values.slice(0, -1) : values), end];
}

/** An organisation's words may stand before the text. */
const textOf = (messages: readonly Message[]) =>
  messages.map(({ content }) => content).join("\n\n");

/** What a template says against messages is the fault of who sent them. */
function asked<Result>(render: () => Result): Result {
  try {
    return render();
  } catch (thrown) {
    throw messagesRefused(thrown);
  }
}

/** DialoGPT's format: every message, whoever wrote it, ends with the end-of-text token. */
function withoutTemplate(messages: readonly Message[]): readonly LlamaTextValue[] {
  const end = new SpecialToken("EOS");
  const values = messages.flatMap(({ content }) => [content, end]);
  return isBegun(messages) ? values.slice(0, -1) : values;
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
  const { prefix = "<think>", suffix = "</think>" } = wrapper.settings.segments?.thought ?? {};
  if (!(last instanceof SpecialTokensText)) return undefined;
  const open = isText(prefix) ? LlamaText(prefix).toString() : "<think>";
  const close = LlamaText(suffix).toString().trim();
  return last.value.lastIndexOf(open.trim()) > last.value.lastIndexOf(close) ? close : undefined;
}

function isText(value: unknown): value is string | Text {
  return typeof value === "string" || LlamaText.isLlamaText(value);
}
