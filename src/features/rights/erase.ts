/**
 * Erasure: over every feature, the states of the engines and the files of the database. What was
 * begun is finished, if need be at the next start; what is put back from a backup is erased again.
 */
import type { RecordAct } from "../../core/audit.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Feature } from "../../core/feature.ts";
import type { Erased } from "../../core/rights.ts";
import type { Report } from "./api.ts";
import type { RetentionPolicy } from "./policy.ts";
import type { Tombstones } from "./tombstones.ts";

const DAY_MS = 86_400_000;

export interface Ground {
  /** All there are. */
  features(): readonly Feature[];
  readonly record: RecordAct;
  readonly policy: RetentionPolicy;
  /** Address of the server that is sent every chat, if there is one. */
  readonly remote: string | undefined;
  readonly tombstones: Tombstones;
  /** Forgets the states of conversations in every engine. */
  forgetStates(): Promise<void>;
  /** Makes what was deleted unreadable in the database's own files, too. */
  scrub(): Promise<void>;
}

export class Eraser {
  readonly #ground: Ground;
  readonly #running = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** @throws CharlaError `being_erased` while somebody is being erased: nothing of theirs is taken */
  check(person: string): void {
    if (!this.#running.has(person)) return;
    throw new CharlaError("being_erased", {
      status: 409,
      message: "Everything of this person is being erased.",
      hint: "Wait until the report is there.",
    });
  }

  /**
   * One after the other.
   *
   * @param actor id of the person who wants it, or "system"
   * @throws CharlaError when a feature refuses, and then nothing was erased; else what went wrong,
   *   and the rest is done at the next start
   */
  async erase(person: string, actor: string): Promise<Report> {
    const { features, record, tombstones } = this.#ground;
    this.check(person);
    for (const { rights } of features()) await rights?.mayErase?.(person);
    this.#running.add(person);
    try {
      await record({ actor, act: "person.erasure.begun", subject: person });
      await tombstones.begun(person);
      return await this.#finish(person, actor);
    } finally {
      this.#running.delete(person);
    }
  }

  /** What a crash has left half done. */
  async resume(): Promise<void> {
    for (const person of await this.#ground.tombstones.unfinished()) {
      await this.#finish(person, "system");
    }
  }

  /** Erases again who was erased after the database was as it is now. */
  async again(takenAt: Date): Promise<void> {
    for (const person of await this.#ground.tombstones.since(takenAt)) {
      await this.#finish(person, "system");
    }
  }

  #finish(person: string, actor: string): Promise<Report> {
    const done = this.#last.then(() => this.#work(person, actor));
    this.#last = done.catch(() => {});
    return done;
  }

  async #work(person: string, actor: string): Promise<Report> {
    const { forgetStates, scrub, tombstones, record } = this.#ground;
    const first = await this.#pass(person);
    await forgetStates();
    // What was under way at the first time has come to its end, or to where it can be met.
    const lines = merged([...first, ...(await this.#pass(person))]);
    await scrub();
    const at = new Date();
    const erased = lines.filter(({ kept, count }) => !kept && count > 0);
    const counts = Object.fromEntries(erased.map(({ what, count }) => [what, count]));
    // Before the mark: whoever cannot write it down has not done it.
    await record({ actor, act: "person.erased", subject: person, details: counts });
    await tombstones.done(person);
    const report = { person, at: at.toISOString(), erased: erased.map(toLine) };
    return { ...report, kept: [...lines.flatMap(toKept), ...this.#elsewhere(at)] };
  }

  async #pass(person: string): Promise<Erased[]> {
    const lines: Erased[] = [];
    for (const { rights } of this.#ground.features()) {
      lines.push(...((await rights?.erase(person)) ?? []));
    }
    return lines;
  }

  /** What is out of Charla's reach. */
  #elsewhere(at: Date): Report["kept"] {
    const { policy, remote } = this.#ground;
    const until = new Date(at.getTime() + policy.backup_days * DAY_MS).toISOString();
    const none = { count: null, until: null, place: null };
    return [
      { ...none, what: "rights.erased.backups", why: "rights.kept.backups", until },
      ...(remote === undefined
        ? []
        : [{ ...none, what: "rights.erased.sent", why: "rights.kept.sent", place: remote }]),
    ];
  }
}

/** One line for each kind; what stays is counted once, for both passes see it. */
function merged(lines: readonly Erased[]): readonly Erased[] {
  const all = new Map<string, Erased>();
  for (const line of lines) {
    const before = all.get(line.what);
    const count = line.kept ? line.count : line.count + (before?.count ?? 0);
    all.set(line.what, { ...line, count });
  }
  return [...all.values()];
}

const toLine = ({ what, count }: Erased) => ({ what, count });

function toKept({ what, count, kept }: Erased): Report["kept"] {
  if (!kept || count === 0) return [];
  return [{ what, count, why: kept.why, until: kept.until ?? null, place: null }];
}
