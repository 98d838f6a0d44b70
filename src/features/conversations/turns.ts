/**
 * Questions and the answers that are being written to them. An answer belongs to the server, not
 * to the request that asked for it: it goes on whoever reads, until it ends or is stopped.
 */
import type * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import { sizeOf } from "../../core/parts.ts";
import type { Delta, Turn } from "../../core/types.ts";
import { begins, by, fromStart, takeStart, toTurn, writeInto } from "./answer.ts";
import type { ChatMessage, Settings, StreamEvent, TurnReply, turnBody } from "./api.ts";
import { busy, withdrawn } from "./errors.ts";
import { expectRoom } from "./imports.ts";
import { takeQuestion } from "./inlet.ts";
import { type Busy, patiently } from "./patience.ts";
import { answered } from "./receipts.ts";
import { Run, readStored } from "./run.ts";
import type { Store } from "./store.ts";
import { askTitle } from "./titles.ts";
import { filesOf, type PromptMessage, place, toPrompt } from "./tree.ts";

/** What was written is stored this often, in milliseconds; a crash loses no more than that. */
const SAVE_MS = 200;
/** Up to so many UTF-16 units; to store more takes longer, so it is done less often. */
const SAVE_UNITS = 2 ** 18;

/** Milliseconds to leave a text of this length alone once it is stored. */
export function pauseAfter(length: number): number {
  return length <= SAVE_UNITS ? 0 : (SAVE_MS * length) / SAVE_UNITS;
}

/** Answers of one person that wait for an engine which has refused them. */
const MOST_WAITING = 8;

/** What of the house they need. */
type Asked = Pick<House, "run" | "intake" | "log" | "others">;

/** An answer says for good which version of which assistant has written it. */
const withWhom = ({ assistant }: Settings) =>
  assistant && { assistant: { name: assistant.name, version: assistant.version } };

export class Turns {
  readonly #store: Store;
  readonly #house: Asked;
  /** By conversation: one answer at a time is written in each. */
  readonly #runs = new Map<string, Run>();
  readonly #titles = new Map<Run, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(store: Store, house: Asked) {
    this.#store = store;
    this.#house = house;
  }

  /**
   * Asks, and replies once the model has taken the question and both messages are stored.
   *
   * @param signal of the request: until then, a reader who leaves takes the question back
   * @throws CharlaError `conversation_busy`, `invalid_parent`, `message_not_found`,
   *   `conversation_not_found`, or whatever the turn itself fails with
   */
  async begin(
    owner: string,
    conversationId: string,
    body: z.output<typeof turnBody>,
    signal: AbortSignal,
  ): Promise<TurnReply> {
    const settings = await this.#store.settings(owner, conversationId);
    // Nobody reserves an answer of somebody else.
    const { id } =
      "continues" in body ? await this.#store.message(owner, conversationId, body.continues) : {};
    const run = this.#reserve(owner, conversationId, id);
    const leave = () => run.cut("stopped");
    signal.addEventListener("abort", leave);
    let deltas: AsyncIterator<Delta | Busy> | undefined;
    try {
      if (signal.aborted) leave();
      const whose = { owner, conversation: conversationId, privacy: settings.privacy };
      const taken = "content" in body ? await takeQuestion(this.#house, whose, body) : body;
      const stored = await this.#store.messages(owner, conversationId);
      expectRoom(stored);
      const { question, path, begun } = place(stored, taken);
      if (begun) run.resume(begun);
      const prompt = toPrompt(path, begun);
      const other = "model" in body ? body.model : undefined;
      const beginning = await this.#house.others.beginning(owner);
      const told = begins(by(settings, begun, other), beginning);
      const messages = prompt.map(({ id }) => id);
      const { recall, collections } = settings;
      const belongs = { ...whose, files: filesOf(path), messages, recall, collections };
      const turn = toTurn(prompt, told, belongs, run.signal);
      const asked = patiently(() => this.#house.run(turn), this.#mayWait(run), run.signal);
      deltas = asked[Symbol.asyncIterator]();
      const start = await takeStart(deltas, run.signal);
      const details = { ...fromStart(start, prompt), ...withWhom(settings) };
      signal.removeEventListener("abort", leave);
      const reply = begun
        ? await this.#store.resume(owner, conversationId, begun, details)
        : await this.#store.addTurn(owner, conversationId, question, run.answerId, details);
      run.answer = reply.answer;
      void this.#write(run, deltas, turn, prompt, reply.question, settings);
      return reply;
    } catch (thrown) {
      signal.removeEventListener("abort", leave);
      this.#free(run);
      await deltas?.return?.();
      throw thrown;
    }
  }

  /** The events of an answer from UTF-16 unit `from` of its text on. */
  async read(
    owner: string,
    conversationId: string,
    id: string,
    from: number,
  ): Promise<AsyncIterable<StreamEvent>> {
    // First the run: once it is gone, the stored answer is the finished one.
    const run = this.#running(owner, conversationId, id);
    const message = await this.#store.message(owner, conversationId, id);
    return run ? run.read(from) : readStored(message, from);
  }

  /** Ends an answer with what was written; one that has ended stays as it is. */
  async stop(owner: string, conversationId: string, id: string): Promise<ChatMessage> {
    const run = this.#running(owner, conversationId, id);
    run?.cut("stopped");
    await run?.finished;
    return this.#store.message(owner, conversationId, id);
  }

  /** Ends whatever is being asked or written in a conversation. */
  async stopAll(owner: string, conversationId: string): Promise<void> {
    const run = this.#runs.get(conversationId);
    if (run?.owner !== owner) return;
    run.cut("stopped");
    await run.finished;
  }

  /** Ends everything because the server stops. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const runs = [...this.#runs.values()];
    for (const run of runs) run.cut("interrupted");
    await Promise.all(runs.map((run) => run.finished));
    await Promise.all(this.#titles.values());
  }

  /** Ends whatever is being asked, written or named for a person. */
  async stopAllOf(owner: string): Promise<void> {
    const running = [...this.#runs.values()].filter((run) => run.owner === owner);
    for (const run of running) run.cut("stopped");
    await Promise.all(running.map((run) => run.finished));
    const naming = [...this.#titles].filter(([run]) => run.owner === owner);
    for (const [run] of naming) run.cut("stopped");
    await Promise.all(naming.map(([, title]) => title));
  }

  #running(owner: string, conversationId: string, id: string): Run | undefined {
    const run = this.#runs.get(conversationId);
    // What is to be gone on with is still the stored answer until the model has taken it.
    return run?.answer && run.owner === owner && run.answerId === id ? run : undefined;
  }

  #reserve(owner: string, conversationId: string, answerId?: string): Run {
    if (this.#stopping.signal.aborted) throw withdrawn();
    if (this.#runs.has(conversationId)) throw busy();
    const run = new Run(owner, conversationId, answerId);
    this.#runs.set(conversationId, run);
    this.#store.live.add(run.answerId);
    return run;
  }

  /** Before the page has the answer, it waits by itself and says so. */
  #mayWait(run: Run): () => boolean {
    return () => {
      const waiting = [...this.#runs.values()].filter((one) => one !== run && one.patient);
      const mine = waiting.filter(({ owner }) => owner === run.owner).length;
      return run.answer !== null && mine < MOST_WAITING;
    };
  }

  #free(run: Run): void {
    this.#runs.delete(run.conversationId);
    this.#store.live.delete(run.answerId);
    run.release();
  }

  /** Never throws: what goes wrong becomes the state of the answer. */
  async #write(
    run: Run,
    deltas: AsyncIterator<Delta | Busy>,
    turn: Pick<Turn, "messages" | "sampling">,
    prompt: readonly PromptMessage[],
    question: ChatMessage,
    settings: Settings,
  ): Promise<void> {
    const saving = this.#saveRegularly(run);
    let answer = await writeInto(run, deltas, prompt, this.#house.log);
    clearInterval(saving);
    try {
      const { owner, conversationId } = run;
      const about = answered(owner, conversationId, turn, answer);
      const receipt = await this.#house.others.receipts()?.make(about);
      if (receipt) answer = { ...answer, details: { ...answer.details, receipt: receipt.id } };
      await this.#store.saveAnswer(owner, answer, receipt);
    } catch (thrown) {
      // The row still says "running", which reads as "interrupted" from now on.
      this.#house.log("an answer could not be stored", thrown);
      answer = { ...answer, status: "failed", error: CharlaError.from(thrown).toJSON() };
    }
    run.end(answer);
    this.#free(run);
    if (answer.status === "done" && question.parentId === null) {
      const title = this.#title(run, question, answer, settings);
      this.#titles.set(run, title);
      void title.finally(() => this.#titles.delete(run));
    }
  }

  #saveRegularly(run: Run): NodeJS.Timeout {
    let saved: Pick<ChatMessage, "content" | "parts"> = { content: "" };
    let due = 0;
    let failures = 0;
    return setInterval(async () => {
      const { answer } = run;
      if (!answer || performance.now() < due) return;
      if (answer.content === saved.content && answer.parts === saved.parts) return;
      saved = answer;
      due = performance.now() + pauseAfter(answer.content.length + sizeOf(answer.parts));
      try {
        await this.#store.saveText(run.owner, answer);
      } catch (thrown) {
        // The disk stays full for a while; once is enough to say so.
        if (failures++ === 0) this.#house.log("a part of an answer could not be stored", thrown);
      }
    }, SAVE_MS);
  }

  async #title(
    run: Run,
    question: ChatMessage,
    answer: ChatMessage,
    settings: Settings,
  ): Promise<void> {
    const { owner, conversationId } = run;
    const signal = AbortSignal.any([this.#stopping.signal, run.signal]);
    try {
      const { title_source: source } = await this.#store.row(owner, conversationId);
      if (source !== "first-words") return;
      const said = [question.content, answer.content] as const;
      const whose = { owner, conversation: conversationId, privacy: settings.privacy };
      const title = await askTitle(this.#house.run, settings.model, ...said, whose, signal);
      if (!signal.aborted && title !== null)
        await this.#store.setModelTitle(owner, conversationId, title);
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof CharlaError && thrown.code === "conversation_not_found") return;
      this.#house.log("a conversation keeps its first words as title", thrown);
    }
  }
}
