/**
 * Who is computed next, and who is refused: pure, with no clock of its own.
 *
 * Fairness is counted in tokens, by virtual counters of service (Sheng et al., "Fairness in Serving
 * Large Language Models", OSDI 2024): the next request is that of the user who has had the least,
 * and who comes back after a pause starts level with the least of those who wait, so that nobody
 * saves up. Within a user it is first come, first served.
 */
import { queueFull, queueTimeout, tooMany } from "./refusals.ts";

/** What a token costs its user: reading takes a batch of many, writing a batch each (measured). */
const PROMPT_WEIGHT = 1;
const ANSWER_WEIGHT = 4;
/** Answers are guessed to be as long as the last ones were; before the first one, this long. */
const USUAL_ANSWER = 200;
/** Share of the newest answer in that guess. */
const NEWEST = 0.1;
/** An answer that is longer than guessed is taken to go on for so many tokens. */
const AT_LEAST = 16;
/** Good for an order, not for times. */
const UNMEASURED: Speeds = { prefill: ANSWER_WEIGHT, decode: PROMPT_WEIGHT };
/** Users whose counters are kept; beyond them those who had least are forgotten, at no loss. */
const MAX_USERS = 1000;

export interface Limits {
  /** Requests that are computed at once: all, and of one user. */
  readonly slots: number;
  readonly userSlots: number;
  /** Requests that wait: all, and of one user. */
  readonly queue: number;
  readonly userQueue: number;
  /** Longest wait in seconds: a request that is expected to wait longer is refused at once. */
  readonly waitSeconds: number;
}

/** Tokens a second of the whole machine. */
export interface Speeds {
  readonly prefill: number;
  readonly decode: number;
}

export interface Wish {
  /** All who give no name count as one. */
  readonly user?: string | undefined;
  readonly promptTokens: number;
  readonly maxTokens: number;
}

export interface Ticket {
  readonly user: string;
  readonly maxTokens: number;
  /** In seconds, on the caller's clock. */
  readonly since: number;
  state: "waiting" | "running" | "left";
  /** Tokens that are still to be read, and those that have been written. */
  unread: number;
  written: number;
}

export interface Forecast {
  readonly ticket: Ticket;
  /** Until it starts. */
  readonly seconds: number;
}

export class Admission {
  readonly limits: Limits;
  /** Undefined until something has been measured; nobody is refused for a wait until then. */
  speeds: Speeds | undefined;
  readonly #running = new Set<Ticket>();
  /** In the order in which they came. */
  readonly #waiting = new Set<Ticket>();
  readonly #counters = new Map<string, number>();
  /** The counter of the user who was the last to leave the queue. */
  #level = 0;
  #usualAnswer = USUAL_ANSWER;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whose counters are kept. */
  get users(): number {
    return this.#counters.size;
  }

  /** @throws CharlaError `too_many_requests`, `queue_full`, `queue_timeout` */
  enter({ user = "", promptTokens, maxTokens }: Wish, now: number): Ticket {
    const ticket: Ticket = {
      ...{ user, maxTokens, since: now, state: "waiting", unread: promptTokens, written: 0 },
    };
    const mine = [...this.#waiting].filter((one) => one.user === user).length;
    const { queue, userQueue, waitSeconds } = this.limits;
    if (this.#waiting.size > 0) {
      const line = () => this.forecast();
      const first = (of: (one: Ticket) => boolean) =>
        this.speeds && line().find((one) => of(one.ticket))?.seconds;
      if (mine >= userQueue)
        throw tooMany(
          userQueue,
          first((one) => one.user === user),
        );
      if (this.#waiting.size >= queue)
        throw queueFull(
          queue,
          first(() => true),
        );
    }
    if (mine === 0) this.#lift(user);
    this.#waiting.add(ticket);
    const wait = this.speeds && this.forecast().find((one) => one.ticket === ticket)?.seconds;
    if (wait !== undefined && wait > waitSeconds) {
      this.leave(ticket);
      throw queueTimeout(waitSeconds, wait, wait - waitSeconds);
    }
    return ticket;
  }

  /** The next to be computed, if there is a slot for it; it counts as running from now on. */
  next(): Ticket | undefined {
    if (this.#running.size >= this.limits.slots) return undefined;
    const running = [...this.#running].map(({ user }) => user);
    const ticket = this.#choose(this.#waiting, running, this.#counters);
    if (!ticket) return undefined;
    this.#waiting.delete(ticket);
    this.#running.add(ticket);
    ticket.state = "running";
    this.#level = this.#counterOf(ticket.user);
    this.#charge(ticket.user, PROMPT_WEIGHT * ticket.unread);
    return ticket;
  }

  /** Its prompt is being read, but for what a cache had, which is not charged. */
  began(ticket: Ticket, cachedTokens: number): void {
    if (ticket.state !== "running") return;
    const saved = Math.min(cachedTokens, ticket.unread);
    this.#charge(ticket.user, -PROMPT_WEIGHT * saved);
    ticket.unread -= saved;
  }

  wrote(ticket: Ticket, tokens: number): void {
    ticket.unread = 0;
    ticket.written += tokens;
    this.#charge(ticket.user, ANSWER_WEIGHT * tokens);
  }

  /** Its answer has ended, or nobody wants it any more; to leave twice does no harm. */
  leave(ticket: Ticket): void {
    // What wrote nothing says nothing of answers: texts that were scored, and who left before.
    if (this.#running.delete(ticket) && ticket.written > 0) {
      this.#usualAnswer += NEWEST * (ticket.written - this.#usualAnswer);
    }
    this.#waiting.delete(ticket);
    ticket.state = "left";
    this.#forget();
  }

  /** Those who have waited for too long, taken out of the queue. */
  expired(now: number): readonly Ticket[] {
    const { waitSeconds } = this.limits;
    const late = [...this.#waiting].filter(({ since }) => now - since > waitSeconds);
    for (const ticket of late) this.leave(ticket);
    return late;
  }

  /** Those who wait, the next one first: plays through what is to come as it looks now. */
  forecast(): readonly Forecast[] {
    const jobs = [...this.#running].map((ticket) => ({ ticket, work: this.#workOf(ticket) }));
    const waiting = new Set(this.#waiting);
    const counters = new Map(this.#counters);
    const line: Forecast[] = [];
    let seconds = 0;
    while (waiting.size > 0) {
      const users = jobs.map(({ ticket }) => ticket.user);
      const free = jobs.length < this.limits.slots;
      const ticket = free ? this.#choose(waiting, users, counters) : undefined;
      if (ticket) {
        waiting.delete(ticket);
        line.push({ ticket, seconds });
        jobs.push({ ticket, work: this.#workOf(ticket) });
        const cost = PROMPT_WEIGHT * ticket.unread + ANSWER_WEIGHT * this.#rest(ticket);
        counters.set(ticket.user, (counters.get(ticket.user) ?? 0) + cost);
        continue;
      }
      // All that run share the machine evenly until the one with the least left has ended.
      const least = Math.min(...jobs.map(({ work }) => work));
      seconds += least * jobs.length;
      for (const job of jobs) job.work -= least;
      jobs.splice(
        jobs.findIndex(({ work }) => work <= 0),
        1,
      );
    }
    return line;
  }

  #choose(
    waiting: Iterable<Ticket>,
    running: readonly string[],
    counters: ReadonlyMap<string, number>,
  ): Ticket | undefined {
    let best: Ticket | undefined;
    for (const ticket of waiting) {
      const { user } = ticket;
      if (running.filter((one) => one === user).length >= this.limits.userSlots) continue;
      if (!best || (counters.get(user) ?? 0) < (counters.get(best.user) ?? 0)) best = ticket;
    }
    return best;
  }

  /** In seconds of the whole machine. */
  #workOf(ticket: Ticket): number {
    const { prefill, decode } = this.speeds ?? UNMEASURED;
    return ticket.unread / prefill + this.#rest(ticket) / decode;
  }

  /** Tokens that it will write yet, by a guess. */
  #rest({ maxTokens, written }: Ticket): number {
    const guess = Math.max(AT_LEAST, this.#usualAnswer - written);
    return Math.max(1, Math.min(guess, maxTokens - written));
  }

  #counterOf(user: string): number {
    return this.#counters.get(user) ?? 0;
  }

  #charge(user: string, tokens: number): void {
    this.#counters.set(user, this.#counterOf(user) + tokens);
  }

  #lift(user: string): void {
    const waiting = [...this.#waiting].map((one) => this.#counterOf(one.user));
    const level = waiting.length > 0 ? Math.min(...waiting) : this.#level;
    this.#counters.set(user, Math.max(this.#counterOf(user), level));
  }

  #forget(): void {
    if (this.#counters.size <= MAX_USERS) return;
    const present = new Set([...this.#running, ...this.#waiting].map(({ user }) => user));
    const away = [...this.#counters].filter(([user]) => !present.has(user));
    const least = away.toSorted((a, b) => a[1] - b[1]).slice(0, MAX_USERS / 2);
    for (const [user] of least) this.#counters.delete(user);
  }
}
