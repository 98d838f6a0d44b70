/**
 * Questions and the answers that are being written to them. An answer belongs to the server, not
 * to the request that asked for it: it goes on whoever reads, until it ends or is stopped.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import type { Kit } from "../../core/feature.ts";
import {
  DEFAULT_SAMPLING,
  type Delta,
  type Finish,
  type Message,
  type Start,
} from "../../core/types.ts";
import type { ChatMessage, Details, Settings, StreamEvent, TurnReply, turnBody } from "./api.ts";
import { Run, readStored } from "./run.ts";
import { messageNotFound, type Question, type Store } from "./store.ts";
import { askTitle } from "./titles.ts";
import { type PromptMessage, pathTo, toPrompt } from "./tree.ts";

/** What was written is stored this often, in milliseconds; a crash loses no more than that. */
const SAVE_MS = 200;

export type Log = (line: string, error: unknown) => void;

export class Turns {
  readonly #store: Store;
  readonly #kit: Kit;
  readonly #log: Log;
  /** By conversation: one answer at a time is written in each. */
  readonly #runs = new Map<string, Run>();
  readonly #titles = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(store: Store, kit: Kit, log: Log) {
    this.#store = store;
    this.#kit = kit;
    this.#log = log;
  }

  /**
   * Asks, and replies once the model has taken the question and both messages are stored.
   *
   * @param signal of the request: until then, a reader who leaves takes the question back
   * @throws CharlaError `conversation_busy`, `invalid_parent`, `message_not_found`,
   *   `conversation_not_found`, or whatever the turn itself fails with
   */
  async begin(
    conversationId: string,
    body: z.output<typeof turnBody>,
    signal: AbortSignal,
  ): Promise<TurnReply> {
    const settings: Settings = JSON.parse((await this.#store.row(conversationId)).settings);
    const run = this.#reserve(conversationId);
    const leave = () => run.cut("stopped");
    signal.addEventListener("abort", leave);
    try {
      if (signal.aborted) leave();
      const stored = await this.#store.messages(conversationId);
      const { question, path } = place(stored, body);
      const prompt = toPrompt(path);
      const deltas = this.#kit.run(toTurn(prompt, settings, run.signal))[Symbol.asyncIterator]();
      const start = await takeStart(deltas, run.signal);
      signal.removeEventListener("abort", leave);
      const answerId = newId();
      this.#store.live.add(answerId);
      try {
        const details = fromStart(start, prompt);
        const reply = await this.#store.addTurn(conversationId, question, answerId, details);
        run.answer = reply.answer;
        void this.#write(run, deltas, reply.question, settings);
        return reply;
      } catch (thrown) {
        this.#store.live.delete(answerId);
        await deltas.return?.();
        throw thrown;
      }
    } catch (thrown) {
      this.#free(run);
      throw thrown;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** The events of an answer from UTF-16 unit `from` of its text on. */
  async read(
    conversationId: string,
    id: string,
    from: number,
  ): Promise<AsyncIterable<StreamEvent>> {
    const message = await this.#store.message(conversationId, id);
    const run = this.#running(conversationId, id);
    return run ? run.read(from) : readStored(message, from);
  }

  /** Ends an answer with what was written; one that has ended stays as it is. */
  async stop(conversationId: string, id: string): Promise<ChatMessage> {
    const run = this.#running(conversationId, id);
    run?.cut("stopped");
    await run?.finished;
    return this.#store.message(conversationId, id);
  }

  /** Ends whatever is being asked or written in a conversation. */
  async stopAll(conversationId: string): Promise<void> {
    const run = this.#runs.get(conversationId);
    run?.cut("stopped");
    await run?.finished;
  }

  /** Ends everything because the server stops. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const runs = [...this.#runs.values()];
    for (const run of runs) run.cut("interrupted");
    await Promise.all(runs.map((run) => run.finished));
    await Promise.all(this.#titles);
  }

  #running(conversationId: string, id: string): Run | undefined {
    const run = this.#runs.get(conversationId);
    return run?.answer?.id === id ? run : undefined;
  }

  #reserve(conversationId: string): Run {
    if (this.#stopping.signal.aborted) throw withdrawn();
    if (this.#runs.has(conversationId)) throw busy();
    const run = new Run(conversationId);
    this.#runs.set(conversationId, run);
    return run;
  }

  #free(run: Run): void {
    this.#runs.delete(run.conversationId);
    if (run.answer) this.#store.live.delete(run.answer.id);
    run.release();
  }

  /** Never throws: what goes wrong becomes the state of the answer. */
  async #write(
    run: Run,
    deltas: AsyncIterator<Delta>,
    question: ChatMessage,
    settings: Settings,
  ): Promise<void> {
    const saving = this.#saveRegularly(run);
    let answer = await write(run, deltas, this.#log);
    clearInterval(saving);
    try {
      await this.#store.saveAnswer(answer);
    } catch (thrown) {
      // The row still says "running", which reads as "interrupted" from now on.
      this.#log("an answer could not be stored", thrown);
      answer = { ...answer, status: "failed", error: CharlaError.from(thrown).toJSON() };
    }
    run.end(answer);
    this.#free(run);
    if (answer.status === "done" && question.parentId === null) {
      const title = this.#title(run.conversationId, question, answer, settings);
      this.#titles.add(title);
      void title.finally(() => this.#titles.delete(title));
    }
  }

  #saveRegularly(run: Run): NodeJS.Timeout {
    let saved = "";
    return setInterval(async () => {
      const { answer } = run;
      if (!answer || answer.content === saved) return;
      saved = answer.content;
      try {
        await this.#store.saveText(answer.id, saved);
      } catch (thrown) {
        this.#log("a part of an answer could not be stored", thrown);
      }
    }, SAVE_MS);
  }

  async #title(
    conversationId: string,
    question: ChatMessage,
    answer: ChatMessage,
    settings: Settings,
  ): Promise<void> {
    try {
      const { title_source: source } = await this.#store.row(conversationId);
      if (source !== "first-words") return;
      const said = [question.content, answer.content] as const;
      const { signal } = this.#stopping;
      const title = await askTitle(this.#kit.run, settings.model, ...said, signal);
      if (title !== null) await this.#store.setModelTitle(conversationId, title);
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      if (thrown instanceof CharlaError && thrown.code === "conversation_not_found") return;
      this.#log("a conversation keeps its first words as title", thrown);
    }
  }
}

/** Reads the deltas into the run and gives the answer as it is to be stored. */
async function write(run: Run, deltas: AsyncIterator<Delta>, log: Log): Promise<ChatMessage> {
  let finish: Finish | undefined;
  let error: CharlaError | undefined;
  try {
    for await (const delta of { [Symbol.asyncIterator]: () => deltas }) {
      if (delta.type === "text") run.append(delta.text);
      if (delta.type === "finish") finish = delta.finish;
    }
  } catch (thrown) {
    // An engine may answer an abort by throwing it.
    if (!run.cutAs && (thrown as Error).name !== "AbortError") {
      error = CharlaError.from(thrown);
      log(`an answer failed: ${error.code}`, thrown);
    }
  }
  const { answer } = run;
  if (!answer) throw new TypeError("an answer is written after it is stored");
  const whole = finish !== undefined && finish.reason !== "cancelled";
  const status = error ? "failed" : whole ? "done" : (run.cutAs ?? "interrupted");
  const details = { ...answer.details, ...(finish && fromFinish(finish)) };
  return { ...answer, status, details, error: error?.toJSON() ?? null };
}

/** Where a turn belongs in the tree: its question, and the path that the model is to see. */
function place(
  messages: readonly ChatMessage[],
  body: z.output<typeof turnBody>,
): { question: Question; path: readonly ChatMessage[] } {
  if ("answerTo" in body) {
    const path = pathTo(messages, body.answerTo);
    const asked = path.at(-1);
    if (!asked) throw messageNotFound();
    if (asked.role !== "user") throw invalidParent("answerTo");
    return { question: { id: asked.id }, path };
  }
  const path = pathTo(messages, body.parentId);
  const parent = path.at(-1);
  if (body.parentId !== null && !parent) throw messageNotFound();
  if (parent?.role === "user") throw invalidParent("parentId");
  const asked: ChatMessage = {
    ...{ id: "", parentId: body.parentId, role: "user", content: body.content },
    ...{ createdAt: "", status: "done", details: null, error: null },
  };
  return { question: body, path: [...path, asked] };
}

function toTurn(prompt: readonly PromptMessage[], settings: Settings, signal: AbortSignal) {
  const { systemPrompt, model, ...sampling } = settings;
  const messages = prompt.map(({ role, content }): Message => ({ role, content }));
  if (systemPrompt) messages.unshift({ role: "system", content: systemPrompt });
  return {
    messages,
    model,
    sampling: { ...DEFAULT_SAMPLING, ...sampling },
    origin: "page",
    signal,
  };
}

async function takeStart(deltas: AsyncIterator<Delta>, signal: AbortSignal): Promise<Start> {
  try {
    const first = await deltas.next();
    if (!signal.aborted) {
      if (first.done || first.value.type !== "start") {
        throw new TypeError("a turn opens with a start");
      }
      return first.value.start;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  await deltas.return?.();
  throw withdrawn();
}

function fromStart(start: Start, prompt: readonly PromptMessage[]): Partial<Details> {
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

function busy(): CharlaError {
  return new CharlaError("conversation_busy", {
    status: 409,
    message: "An answer is still being written in this conversation.",
    hint: "Wait until it ends, or stop it, and send again.",
    retryable: true,
  });
}

function invalidParent(param: string): CharlaError {
  return new CharlaError("invalid_parent", {
    status: 400,
    param,
    message: "The message that '{param}' names has the wrong role.",
    hint: "A question follows an answer or begins the conversation; an answer follows a question.",
    params: { param },
  });
}

function withdrawn(): CharlaError {
  return new CharlaError("turn_withdrawn", {
    status: 409,
    message: "The question was taken back before the model began to answer; nothing was stored.",
    hint: "Send it again.",
    retryable: true,
  });
}
