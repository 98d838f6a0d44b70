/**
 * Deltas as the items of a response and as the events that tell of them. One object grows; a stream tells
 * each step of it, and who asked for all at once gets it in the end.
 * Sources: the OpenAI API reference, "Streaming events"; Open Responses, 2026-04-24.
 */
import { randomUUID } from "node:crypto";
import { citedIn } from "../../../core/citations.ts";
import type { ToolCall } from "../../../core/extras.ts";
import "../../../core/file-search.ts";
import type { Part, PartOf } from "../../../core/parts.ts";
import type { Delta, Finish, ModelCard } from "../../../core/types.ts";
import { RESULTS, type ResponseRequest } from "./request.ts";

export type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Of the response, in the ids of all of its items: by such an id it is found again. */
export const responseOf = (item: string): string =>
  `resp_${/_([0-9a-f]{32})/.exec(item)?.[1] ?? ""}`;

interface Written {
  readonly kind: "message" | "reasoning";
  readonly id: string;
  text: string;
  /** The passages that the answer was given. */
  readonly given: readonly Part[];
}

export class Growing {
  readonly #own = randomUUID().replaceAll("-", "");
  readonly id = `resp_${this.#own}`;
  readonly #head: Readonly<Record<string, unknown>>;
  /** As they are when they are done. */
  readonly #output: object[] = [];
  /** Whether what a search has found is told. */
  readonly #results: boolean;
  #open: Written | undefined;
  #given: readonly Part[] = [];
  #sequence = 0;

  constructor(card: ModelCard, body: ResponseRequest, stored: boolean) {
    this.#results = body.include?.includes(RESULTS) === true;
    const { tools = [], tool_choice = "auto", reasoning, metadata = {} } = body;
    this.#head = {
      ...{ id: this.id, object: "response", created_at: Math.floor(Date.now() / 1000) },
      ...{ background: false, error: null, incomplete_details: null, model: card.id },
      instructions: body.instructions ?? null,
      max_output_tokens: body.max_output_tokens ?? null,
      ...{ max_tool_calls: null, metadata, parallel_tool_calls: body.parallel_tool_calls ?? true },
      previous_response_id: body.previous_response_id ?? null,
      ...{ presence_penalty: 0, frequency_penalty: 0, top_logprobs: 0, service_tier: "default" },
      reasoning: { effort: reasoning?.effort ?? null, summary: null },
      ...{ prompt_cache_key: null, safety_identifier: body.safety_identifier ?? null },
      ...{ store: stored, temperature: body.temperature ?? 1, top_p: body.top_p ?? 1 },
      text: { format: body.text?.format ?? { type: "text" }, verbosity: "medium" },
      tool_choice,
      tools: tools.map((tool) =>
        tool.type === "file_search"
          ? { filters: null, ...tool }
          : { description: null, parameters: null, strict: null, ...tool },
      ),
      ...{ truncation: "disabled", user: body.user ?? null },
    };
  }

  /** Without thoughts, which nobody is told again. */
  get output(): readonly object[] {
    return this.#output;
  }

  /** An item that this was asked with, by an id of its own. */
  readonly called = <Item extends object>(item: Item, at: number): Item =>
    "id" in item && item.id ? item : { ...item, id: `in_${this.#own}${at}` };

  *start(): Generator<Event> {
    yield this.#event("response.created", { response: this.#response("in_progress") });
    yield this.#event("response.in_progress", { response: this.#response("in_progress") });
  }

  *take(delta: Delta): Generator<Event> {
    if (delta.type !== "text") return;
    const { text, reasoning, toolCall, part } = delta;
    if (part?.type === "search") yield* this.#search(part);
    else if (part) this.#given = [...this.#given, part];
    if (reasoning !== undefined && reasoning !== "") yield* this.#write("reasoning", reasoning);
    if (text !== "") yield* this.#write("message", text);
    if (toolCall) yield* this.#call(toolCall);
  }

  *end(finish: Finish): Generator<Event, object> {
    yield* this.#close();
    const cut = finish.reason === "length";
    const { promptTokens, cachedTokens, completionTokens } = finish;
    const response = {
      ...this.#response(cut ? "incomplete" : "completed"),
      ...(cut && { incomplete_details: { reason: "max_output_tokens" } }),
      completed_at: cut ? null : Math.floor(Date.now() / 1000),
      usage: {
        input_tokens: promptTokens,
        input_tokens_details: { cached_tokens: cachedTokens },
        output_tokens: completionTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: promptTokens + completionTokens,
      },
    };
    yield this.#event(cut ? "response.incomplete" : "response.completed", { response });
    return response;
  }

  /** The stream is open, and no status can tell of it any more. */
  failed({ code, message }: { readonly code: string; readonly message: string }): Event {
    const response = { ...this.#response("failed"), error: { code, message } };
    return this.#event("response.failed", { response });
  }

  #newId(kind: string): string {
    return `${kind}_${this.#own}${this.#output.length}`;
  }

  #response(status: string) {
    return { ...this.#head, status, completed_at: null, output: [...this.#output], usage: null };
  }

  #event(type: string, rest: object): Event {
    return { type, sequence_number: this.#sequence++, ...rest };
  }

  *#write(kind: Written["kind"], delta: string): Generator<Event> {
    if (this.#open?.kind !== kind) {
      yield* this.#close();
      yield* this.#begin(kind);
    }
    const open = this.#open as unknown as Written;
    open.text += delta;
    const [type, at] =
      kind === "message"
        ? ["response.output_text.delta", { content_index: 0, logprobs: [] }]
        : ["response.reasoning_summary_text.delta", { summary_index: 0 }];
    yield this.#event(type as string, { ...this.#at(open), ...(at as object), delta });
  }

  *#begin(kind: Written["kind"]): Generator<Event> {
    const id = this.#newId(kind === "message" ? "msg" : "rs");
    const open: Written = { kind, id, text: "", given: this.#given };
    this.#open = open;
    const item = { ...itemOf(open), ...(kind === "message" ? { content: [] } : { summary: [] }) };
    const { output_index } = this.#at(open);
    yield this.#event("response.output_item.added", {
      output_index,
      item: { ...item, status: "in_progress" },
    });
    const empty = partOf(open);
    const [name, at] =
      kind === "message" ? [PART, { content_index: 0 }] : [SUMMARY, { summary_index: 0 }];
    yield this.#event(`${name}.added`, { ...this.#at(open), ...at, part: empty });
  }

  *#close(): Generator<Event> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const { text, kind } = open;
    const at = kind === "message" ? { content_index: 0 } : { summary_index: 0 };
    const name = kind === "message" ? "response.output_text" : "response.reasoning_summary_text";
    const logprobs = kind === "message" && { logprobs: [] };
    yield this.#event(`${name}.done`, { ...this.#at(open), ...at, text, ...logprobs });
    const whole = kind === "message" ? PART : SUMMARY;
    yield this.#event(`${whole}.done`, { ...this.#at(open), ...at, part: partOf(open) });
    yield* this.#done(itemOf(open));
  }

  *#call({ id: call_id, name, arguments: given }: ToolCall): Generator<Event> {
    yield* this.#close();
    const id = this.#newId("fc");
    const item = {
      ...{ id, type: "function_call", status: "completed" },
      call_id,
      name,
      arguments: given,
    };
    const at = { item_id: id, output_index: this.#output.length };
    const begun = { ...item, status: "in_progress", arguments: "" };
    yield this.#event("response.output_item.added", { output_index: at.output_index, item: begun });
    yield this.#event("response.function_call_arguments.delta", { ...at, delta: given });
    yield this.#event("response.function_call_arguments.done", { ...at, name, arguments: given });
    yield* this.#done(item);
  }

  *#search({ queries, results }: PartOf<"search">): Generator<Event> {
    yield* this.#close();
    const id = this.#newId("fs");
    const at = { item_id: id, output_index: this.#output.length };
    const item = {
      id,
      type: "file_search_call",
      status: "in_progress",
      queries: [],
      results: null,
    };
    yield this.#event("response.output_item.added", { output_index: at.output_index, item });
    for (const step of ["in_progress", "searching", "completed"])
      yield this.#event(`response.file_search_call.${step}`, at);
    const found = results.map(({ file, name, ...rest }) => ({
      ...{ file_id: file, filename: name, ...rest },
    }));
    const told = { status: "completed", queries, results: this.#results ? found : null };
    yield* this.#done({ ...item, ...told });
  }

  *#done(item: object): Generator<Event> {
    const output_index = this.#output.push(item) - 1;
    yield this.#event("response.output_item.done", { output_index, item });
  }

  #at({ id }: Pick<Written, "id">) {
    return { item_id: id, output_index: this.#output.length };
  }
}

const PART = "response.content_part";
const SUMMARY = "response.reasoning_summary_part";

const partOf = ({ kind, text, given }: Written) =>
  kind === "message"
    ? { type: "output_text", text, annotations: annotationsOf(text, given), logprobs: [] }
    : { type: "summary_text", text };

/** Where the text refers to a passage of a file by its number. */
const annotationsOf = (text: string, given: readonly Part[]) =>
  citedIn(text, given).map(({ n, source, ...part }) => ({
    ...{ type: "file_citation", file_id: String(Object(part).file ?? "") },
    // Without the place in it, where that is told apart.
    filename: String(Object(part).filename ?? source),
    index: text.search(new RegExp(`\\[(?:[^\\]]*\\D)?${n}\\b`)),
  }));

const itemOf = (open: Written) =>
  open.kind === "message"
    ? {
        ...{ id: open.id, type: "message", role: "assistant", status: "completed" },
        content: [partOf(open)],
      }
    : { id: open.id, type: "reasoning", status: "completed", summary: [partOf(open)] };
