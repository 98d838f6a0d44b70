/**
 * What the model process has to say, gathered: a message for each token would cost the server and
 * all behind it more than the token, and on a machine with few cores it takes that time from the
 * threads that compute. Whoever reads does not see the difference.
 */
import type { Reply } from "./protocol.ts";

/** Text that follows text waits for so long, in milliseconds: two or three frames of a screen. */
const PACE_MS = 25;

export class Outbox {
  readonly #send: (replies: readonly Reply[]) => void;
  #replies: Reply[] = [];
  /** Calls whose text has begun: only the first of it is waited for. */
  readonly #begun = new Set<number>();
  #urgent = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (replies: readonly Reply[]) => void) {
    this.#send = send;
  }

  put(reply: Reply): void {
    this.#replies.push(reply);
    const { id } = reply;
    if ("part" in reply && isText(reply.part)) {
      this.#urgent ||= !this.#begun.has(id);
      this.#begun.add(id);
      return;
    }
    this.#urgent = true;
    if (!("part" in reply)) this.#begun.delete(id);
  }

  /** Sends what is due now, and the rest when it is. */
  flush(): void {
    if (this.#replies.length === 0) return;
    const wait = this.#urgent ? 0 : this.#sentAt + PACE_MS - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => this.#sendAll(), wait);
      return;
    }
    this.#sendAll();
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#urgent = false;
    this.#sentAt = performance.now();
    if (this.#replies.length > 0) this.#send(this.#replies);
    this.#replies = [];
  }
}

/** Plain text of an answer, and not a call of a tool in it. */
function isText(part: unknown): boolean {
  return typeof part === "object" && part !== null && "text" in part && !("toolCall" in part);
}
