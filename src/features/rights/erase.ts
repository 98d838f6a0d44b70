/**
 * Erasure: over every feature, the states of the engines and the files of the database. What was
 * begun is finished, if need be at the next start; what is put back from a backup is erased again.
 */
import { CharlaError, fill } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import type { Erased } from "../../core/rights.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Report } from "./api.ts";
import type { RetentionPolicy } from "./policy.ts";
import { Tombstones } from "./tombstones.ts";

/** What of the house an erasure needs. */
export type Ground = Pick<
  House<RetentionPolicy>,
  "policy" | "settings" | "engines" | "vault" | "scrub" | "others"
>;

/** What an erasure does not reach. */
const texts = {
  backups: {
    words: { en: "Backups", es: "Copias de seguridad" },
    why: {
      en: "those made before today are out of Charla's reach. If one is restored, Charla erases you again.",
      es: "las anteriores a hoy quedan fuera del alcance de Charla. Si se restaura una, Charla vuelve a eliminar estos datos.",
    },
  },
  sent: {
    words: { en: "What was sent to another server", es: "Lo que se envió a otro servidor" },
    why: {
      en: "{url} answered the chats; ask whoever runs it.",
      es: "{url} respondió a los chats; pregunta a quien lo administra qué guarda.",
    },
  },
};

export class Eraser {
  readonly #ground: Ground;
  readonly #tombstones: Tombstones;
  readonly #running = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#tombstones = new Tombstones(ground.settings.home);
  }

  /** @throws CharlaError `being_erased` while somebody is being erased: nothing of theirs is taken */
  check(person: string): void {
    if (!this.#running.has(person)) return;
    throw new CharlaError("being_erased", {
      status: 409,
      message: "All data of this person is being erased.",
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
    const { others } = this.#ground;
    this.check(person);
    for (const rights of others.rights()) await rights.mayErase?.(person);
    this.#running.add(person);
    try {
      await others.record({ actor, act: "person.erasure.begun", subject: person });
      await this.#tombstones.begun(person);
      return await this.#finish(person, actor);
    } finally {
      this.#running.delete(person);
    }
  }

  /** What a crash has left half done. */
  async resume(): Promise<void> {
    for (const person of await this.#tombstones.unfinished()) {
      await this.#finish(person, "system");
    }
  }

  /** Erases again who was erased after the database was as it is now. */
  async again(takenAt: Date): Promise<void> {
    for (const person of await this.#tombstones.since(takenAt)) {
      await this.#finish(person, "system");
    }
  }

  #finish(person: string, actor: string): Promise<Report> {
    const done = this.#last.then(() => this.#work(person, actor));
    this.#last = done.catch(() => {});
    return done;
  }

  async #work(person: string, actor: string): Promise<Report> {
    const { engines, vault, scrub, others } = this.#ground;
    const first = await this.#pass(person);
    await engines.forget?.();
    // What was under way at the first time has come to its end, or to where it can be met.
    const lines = merged([...first, ...(await this.#pass(person))]);
    // Copies that were made earlier can be read no more; nobody asks for a key after this.
    await vault.destroy(person);
    await scrub();
    const at = new Date();
    const erased = lines.filter(({ kept, count }) => !kept && count > 0);
    const counts = Object.fromEntries(erased.map(({ what, count }) => [what, count]));
    // Before the mark: whoever cannot write it down has not done it.
    await others.record({ actor, act: "person.erased", subject: person, details: counts });
    await this.#tombstones.done(person);
    const report = { person, at: at.toISOString(), erased: erased.map(toLine) };
    return { ...report, kept: [...lines.flatMap(toKept), ...this.#elsewhere(at)] };
  }

  async #pass(person: string): Promise<Erased[]> {
    const lines: Erased[] = [];
    for (const rights of this.#ground.others.rights()) lines.push(...(await rights.erase(person)));
    return lines;
  }

  /** What is out of Charla's reach. */
  #elsewhere(at: Date): Report["kept"] {
    const { policy, settings } = this.#ground;
    const until = new Date(at.getTime() + policy.backup_days * DAY_MS).toISOString();
    const { remote } = settings;
    const sent = remote && {
      ...texts.sent,
      why: { en: fill(texts.sent.why.en, remote), es: fill(texts.sent.why.es, remote) },
    };
    return [
      { what: "backups", ...texts.backups, count: null, until },
      ...(sent ? [{ what: "sent", ...sent, count: null, until: null }] : []),
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

const toLine = ({ what, words, count }: Erased) => ({ what, words, count });

function toKept({ what, words, count, kept }: Erased): Report["kept"] {
  if (!kept || count === 0) return [];
  return [{ what, words, count, why: kept.why, until: kept.until ?? null }];
}
