/** The messages of a chat in the terminal, and the questions that are asked with them. */
import type { Chat } from "../../app/terminal.ts";
import type { Config } from "../../config.ts";
import type { Finish, Message, Sampling, Start } from "../../core/types.ts";
import { t } from "../../locales/index.ts";
import { tell } from "../shared.ts";
import type { Screen } from "./screen.ts";

export class Session {
  readonly chat: Chat;
  /** System prompt: how the model should answer. */
  system: string | undefined;
  /** Id of the model that answers; the default one if absent. */
  model: string | undefined;
  /** Name of the one that has answered last. */
  answeredBy = "";
  readonly #sampling: Sampling;
  readonly #screen: Screen;
  #messages: Message[] = [];

  constructor(chat: Chat, { system, sampling }: Config, screen: Screen) {
    this.chat = chat;
    this.system = system;
    this.#sampling = sampling;
    this.#screen = screen;
  }

  /** Questions and answers, oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Begins anew; the system prompt stays. */
  forget(): void {
    this.#messages = [];
  }

  /**
   * Streams an answer; Ctrl-C ends it with what was written.
   *
   * @returns whether it came to its end
   */
  ask(question: string): Promise<boolean> {
    return this.#answer([...this.#messages, { role: "user", content: question }], this.#sampling);
  }

  /** Another answer to the last question. @returns false when there is none yet */
  async again(): Promise<boolean> {
    const last = this.#messages.findLastIndex(({ role }) => role === "user");
    if (last < 0) return false;
    // With the seed that was given it would be the same answer.
    await this.#answer(this.#messages.slice(0, last + 1), { ...this.#sampling, seed: undefined });
    return true;
  }

  async #answer(messages: readonly Message[], sampling: Sampling): Promise<boolean> {
    const stop = new AbortController();
    const onStop = () => stop.abort();
    process.on("SIGINT", onStop);
    const answer = this.#screen.answer();
    answer.busy(t(this.chat.loading() ? "chat.loading" : "chat.thinking"));
    let [content, reasoning] = ["", ""];
    let start: Start | undefined;
    let finish: Finish | undefined;
    try {
      const { system, model } = this;
      const opening: Message[] = system === undefined ? [] : [{ role: "system", content: system }];
      const turn = { messages: [...opening, ...messages], sampling, model, origin: "cli" };
      for await (const delta of this.chat.run({ ...turn, signal: stop.signal })) {
        if (delta.type === "start") {
          start = delta.start;
          answer.busy(t("chat.thinking"));
        }
        if (delta.type === "finish") finish = delta.finish;
        if (delta.type === "waiting") answer.waiting(delta);
        if (delta.type === "text") {
          content += delta.text;
          reasoning += delta.reasoning ?? "";
          answer.text(delta);
        }
      }
    } catch (thrown) {
      // A model that is stopped while it loads throws, and who stopped it knows why.
      if (!stop.signal.aborted) throw thrown;
    } finally {
      answer.close();
      process.off("SIGINT", onStop);
    }
    if (this.#screen.json) {
      console.log(JSON.stringify({ content, ...(reasoning && { reasoning }), ...start, finish }));
    } else answer.end(finish);
    if (content !== "") this.#messages = [...messages, { role: "assistant", content }];
    this.answeredBy = start?.model.name ?? this.answeredBy;
    if (start?.droppedMessages) tell(t("chat.dropped", { count: start.droppedMessages }));
    return !stop.signal.aborted;
  }
}
