/**
 * What a chunk of a remote server's answer says. Every server leaves out, adds or renames
 * something, so no field is counted on: what is missing says nothing, and only what makes the
 * answer another one (a text that is no text) is a fault.
 */
import { randomUUID } from "node:crypto";
import type { TokenLogprob, ToolCall } from "../../core/extras.ts";
import { MAX_BYTES } from "./limit.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Of one chunk, or of a whole answer that came at once. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly tokens: readonly TokenLogprob[] | undefined;
  /** Parts of calls, for {@link Calls}. */
  readonly calls: readonly unknown[];
  readonly reason: string | undefined;
  readonly usage: Fields | undefined;
  /** The chunk says nothing beside its text. */
  readonly plain: boolean;
}

/** @throws TypeError for what no server means */
export function read(chunk: Fields): Said {
  const choices = chunk.choices ?? [];
  if (!Array.isArray(choices)) throw new TypeError("choices");
  const choice = fields(choices[0]);
  // `message` where the whole answer came at once.
  const delta = fields(choice.delta ?? choice.message);
  const { content, refusal, tool_calls: calls } = delta;
  // DeepSeek, vLLM and llama-server; then Ollama, OpenRouter and newer versions of vLLM.
  const reasoning = delta.reasoning_content ?? delta.reasoning;
  const { finish_reason: reason, logprobs } = choice;
  const tokens = fields(logprobs).content;
  return {
    text: textOf(content) + textOf(refusal),
    reasoning: typeof reasoning === "string" ? reasoning : thoughtIn(content),
    tokens: Array.isArray(tokens) ? tokens.map(toLogprob) : undefined,
    calls: Array.isArray(calls) ? calls : [],
    reason: typeof reason === "string" && reason !== "" ? reason : undefined,
    usage: chunk.usage == null ? undefined : fields(chunk.usage),
    plain:
      typeof content === "string" && !(refusal || reasoning || calls || logprobs || chunk.usage),
  };
}

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

/** Some servers send content in parts, of which thoughts are not the answer. */
function textOf(content: unknown): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw new TypeError("content");
  return content.map((part) => (part?.type === "text" ? textOf(part.text) : "")).join("");
}

/** Mistral's: `{type: "thinking", thinking: [{type: "text", text}]}`. */
function thoughtIn(content: unknown): string {
  if (!Array.isArray(content)) return "";
  return content.map((part) => (part?.type === "thinking" ? textOf(part.thinking) : "")).join("");
}

function toLogprob(one: unknown): TokenLogprob {
  const { top_logprobs: top } = fields(one);
  return { ...spelled(one), top: Array.isArray(top) ? top.map(spelled) : [] };
}

function spelled(one: unknown): Omit<TokenLogprob, "top"> {
  const { id, token, bytes, logprob } = fields(one);
  const text = typeof token === "string" ? token : "";
  return {
    // llama-server tells it, and nobody else.
    id: typeof id === "number" ? id : -1,
    text,
    bytes: Array.isArray(bytes) ? bytes.map(Number) : [...Buffer.from(text)],
    logprob: typeof logprob === "number" ? logprob : null,
  };
}

/** Calls of tools, which come in parts: the first with id and name, then the arguments. */
export class Calls {
  readonly #calls: { index: unknown; id: string; name: string; given: string }[] = [];
  #length = 0;

  /** @throws TypeError when there is no end to them */
  add(part: unknown): void {
    const { index, id, function: called } = fields(part);
    const { name, arguments: given } = fields(called);
    const last = this.#calls.findLast((one) => index === undefined || one.index === index);
    // Some servers give every call the same number, or none: then a new id begins a new one.
    const begins = !last || (typeof id === "string" && id !== "" && id !== last.id);
    const call = begins ? { index, id: "", name: "", given: "" } : last;
    if (begins) this.#calls.push(call);
    if (typeof id === "string" && id !== "") call.id = id;
    if (typeof name === "string") call.name ||= name;
    if (given != null) call.given += typeof given === "string" ? given : JSON.stringify(given);
    this.#length += JSON.stringify(part).length;
    if (this.#length > MAX_BYTES || this.#calls.length > MAX_CALLS) throw new TypeError("calls");
  }

  /** All that have come; once. */
  take(): readonly ToolCall[] {
    return this.#calls.splice(0).map(({ id, name, given }) => ({
      id: id || `call_${randomUUID()}`,
      name,
      // Of a tool without arguments some servers send nothing.
      arguments: given.trim() || "{}",
    }));
  }
}

/** More than any model has been seen to make in one answer. */
const MAX_CALLS = 1000;
