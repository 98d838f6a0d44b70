/**
 * Between the core's turn and the stored answer: what is asked of the model, and what its deltas
 * become.
 */
import { CharlaError } from "../../core/errors.ts";
import type { Belongs } from "../../core/intake.ts";
import {
  DEFAULT_SAMPLING,
  type Delta,
  type Finish,
  type Message,
  type Start,
} from "../../core/types.ts";
import type { ChatMessage, Details, Settings } from "./api.ts";
import { withdrawn } from "./errors.ts";
import type { Busy } from "./patience.ts";
import type { Run } from "./run.ts";
import type { PromptMessage } from "./tree.ts";

export type Log = (line: string, error?: unknown) => void;

export function toTurn(
  prompt: readonly PromptMessage[],
  settings: Settings,
  belongs: Belongs,
  signal: AbortSignal,
) {
  const { privacy: _, recall: __, collections: ___, assistant: ____, ...asked } = settings;
  const { systemPrompt, model, adapter, thinking, tools, ...sampling } = asked;
  const messages = prompt.map(
    ({ role, content, parts }): Message => ({ role, content, ...(parts && { parts }) }),
  );
  const prefill = messages.at(-1)?.role === "assistant" && { prefill: true as const };
  if (systemPrompt) messages.unshift({ role: "system", content: systemPrompt });
  return {
    messages,
    model,
    sampling: { ...DEFAULT_SAMPLING, ...sampling },
    extras: {
      ...(adapter !== undefined && { adapter }),
      ...(thinking && { thinking: thinking === "off" ? { tokens: 0 } : { effort: thinking } }),
      ...prefill,
    },
    origin: "page",
    ...(tools && tools.length > 0 && { tools }),
    belongs,
    signal,
  };
}

/**
 * What has begun an answer goes on with it, whatever the chat's settings are by now.
 *
 * @param other a model for this answer alone, which comes without the adapter of the chat's
 */
export function by(
  settings: Settings,
  begun: ChatMessage | undefined,
  other: string | undefined,
): Settings {
  const { model = other, made } = begun?.details ?? {};
  return model === undefined ? settings : { ...settings, model, adapter: made?.adapter?.id };
}

/** The same, with what its person wants said in every chat before the chat's own system prompt. */
export function begins(settings: Settings, beginning: string | undefined): Settings {
  const { systemPrompt } = settings;
  if (beginning === undefined) return settings;
  return { ...settings, systemPrompt: [beginning, systemPrompt].filter(Boolean).join("\n\n") };
}

/** The first delta; an engine that is told to stop before it may throw what it likes. */
export async function takeStart(
  deltas: AsyncIterator<Delta | Busy>,
  signal: AbortSignal,
): Promise<Start> {
  const first = await deltas.next().catch((thrown) => {
    throw signal.aborted ? withdrawn() : thrown;
  });
  if (signal.aborted) throw withdrawn();
  if (first.done || first.value.type !== "start") throw new TypeError("a turn opens with a start");
  return first.value.start;
}

export function fromStart(start: Start, prompt: readonly PromptMessage[]): Partial<Details> {
  const { model, ...rest } = start;
  const { digest, quantisation, device, contextWindow } = model;
  // A step may have changed the prompt, so the place is only as good as the count.
  const oldest = prompt[Math.min(start.droppedMessages, prompt.length - 1)];
  const memoryBegins = start.droppedMessages > 0 && oldest ? oldest.id : null;
  const about = { model: model.id, modelName: model.name, digest, quantisation, device };
  return { ...about, contextWindow, ...rest, memoryBegins };
}

function fromFinish({ reason, ...rest }: Finish): Partial<Details> {
  return { ...rest, finishReason: reason };
}

/** Reads the deltas into the run and gives the answer as it is to be stored. */
export async function writeInto(
  run: Run,
  deltas: AsyncIterator<Delta | Busy>,
  prompt: readonly PromptMessage[],
  log: Log,
): Promise<ChatMessage> {
  let finish: Finish | undefined;
  let error: CharlaError | undefined;
  try {
    for await (const delta of { [Symbol.asyncIterator]: () => deltas }) {
      if (delta.type === "start") run.restart(fromStart(delta.start, prompt));
      if (delta.type === "busy") run.wait({ type: "waiting", seconds: delta.seconds });
      if (delta.type === "waiting") run.wait(delta);
      if (delta.type === "text") run.append(delta);
      if (delta.type === "finish") finish = delta.finish;
    }
  } catch (thrown) {
    // An engine may answer an abort by throwing it.
    if (!run.cutAs && (thrown as Error).name !== "AbortError") {
      error = CharlaError.from(thrown);
      log(`an answer failed: ${error.code}`, thrown);
    }
  }
  run.settle();
  const { answer } = run;
  if (!answer) throw new TypeError("an answer is written after it is stored");
  const whole = finish !== undefined && finish.reason !== "cancelled";
  const status = error ? "failed" : whole ? "done" : (run.cutAs ?? "interrupted");
  const details = { ...answer.details, ...(finish && fromFinish(finish)) };
  const before = finish && run.begun?.details;
  const all = before ? joined(before, details) : details;
  return { ...answer, status, details: all, error: error?.toJSON() ?? null };
}

/** How an answer came to be that was cut and gone on with. */
export function joined(before: Partial<Details>, now: Partial<Details>): Partial<Details> {
  const sum = (name: "completionTokens" | "totalMs") => (before[name] ?? 0) + (now[name] ?? 0);
  const withheld = { ...before.guard?.withheld, ...now.guard?.withheld };
  return {
    ...now,
    continued: (before.continued ?? 0) + 1,
    completionTokens: sum("completionTokens"),
    totalMs: sum("totalMs"),
    firstTokenMs: before.firstTokenMs ?? now.firstTokenMs,
    // Where it was cut is in no seed.
    reproducible: false,
    ...(Object.keys(withheld).length > 0 && { guard: { ...now.guard, withheld } }),
  };
}
