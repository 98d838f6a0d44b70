/**
 * Does jobs: as many of a lane at once as the policy says, those of `compute` one at a time and only
 * while nobody chats. Before `start` it only stores, as commands do while no server runs.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../core/errors.ts";
import type { Opened } from "../core/feature.ts";
import type { Job, JobKind, Jobs } from "../core/jobs.ts";
import { check } from "../core/route.ts";
import { DAY_MS } from "../core/time.ts";
import type { Words } from "../core/words.ts";
import { jobDied, jobDone, jobNotFound, jobUnknown, tooManyJobs } from "./errors.ts";
import { isQuiet, type JobsPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import type { JobStore, Outside, Stored } from "./store.ts";
import { lines } from "./words.ts";

export interface RunnerOptions {
  readonly store: JobStore;
  readonly policy: JobsPolicy;
  /** Of every feature; asked when jobs are started. */
  kinds(): readonly JobKind[];
  /** Whether people wait for answers now. */
  busy(): boolean;
  log(line: string, error?: unknown): void;
  readonly now?: () => Date;
  /** Milliseconds between two looks whether work of `compute` may go on. */
  readonly lookMs?: number;
  /** For tests: how long work may take to end, in milliseconds. */
  readonly graceMs?: number;
}

/** Of a job that has not ended. */
interface Active {
  readonly job: Stored;
  readonly kind: JobKind;
  readonly abort: AbortController;
  /** False until it is stored; it does not start before. */
  ready: boolean;
  /** Settles when its work has ended; undefined while it waits for its lane. */
  work?: Promise<void>;
  timer?: NodeJS.Timeout;
}

/** Why a job is to end, and what becomes of it. */
class Ending extends Error {
  readonly state: "cancelled" | "queued" | "gone";
  constructor(state: "cancelled" | "queued" | "gone") {
    super(`the job is to be ${state}`);
    this.state = state;
  }
}

const LOOK_MS = 1000;
/** Progress is stored so often, in milliseconds. */
const STORE_MS = 1000;
/** How long work may take to end once it was told to. */
const GRACE_MS = 5000;
const MOST_LINES = 100;
const MOST_DEATHS = 3;

export class JobRunner implements Jobs {
  readonly #options: RunnerOptions;
  readonly #store: JobStore;
  /** In the order in which they are to run. */
  readonly #active = new Map<string, Active>();
  readonly #listeners = new Set<() => void>();
  #started = false;
  #looking: NodeJS.Timeout | undefined;
  /** What the house does with it as with a feature. */
  readonly opened: Opened;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#store = options.store;
    this.opened = {
      rights: rightsOf(
        options.store,
        (person, how) => this.#endOf(person, how),
        (person) => this.#load(person),
      ),
      expire: async () => {
        await this.#store.expire(
          new Date(this.#now().getTime() - options.policy.keep_days * DAY_MS),
        );
        return [];
      },
      start: () => this.start(),
      stop: () => this.stop(),
    };
  }

  /** Goes on with what has not ended. */
  async start(): Promise<void> {
    this.#started = true;
    for (const job of await this.#store.active()) await this.#takeUp(job);
    this.#fill();
  }

  /** Ends all work, and leaves it for the next start. */
  async stop(): Promise<void> {
    this.#started = false;
    clearTimeout(this.#looking);
    await Promise.all([...this.#active.values()].map((one) => this.#end(one, "queued")));
  }

  /** A job that was under way when the server ended. */
  async #takeUp(job: Stored): Promise<void> {
    if (job.state === "running") {
      job.deaths = job.done > job.place ? 1 : job.deaths + 1;
      note(job, lines.died, this.#now());
    }
    const kind = this.#kind(job);
    const error = kind ? job.deaths >= MOST_DEATHS && jobDied(job.deaths) : jobUnknown(job.kind);
    job.state = "queued";
    if (error) this.#finish(job, "failed", error);
    if (kind && !error) this.#activate(job, kind).ready = true;
    await this.#store.write(job);
  }

  async begin<Input, Saved>(
    kind: JobKind<Input, Saved>,
    owner: string,
    input: Input,
  ): Promise<Job> {
    const same = kind.same?.(input);
    const before = this.underWay(kind).find(
      (one) => same !== undefined && kind.same?.(one.input) === same,
    );
    const known = before && this.#active.get(before.id);
    if (known) return this.#seen(known.job);
    const { of_person } = this.#options.policy;
    const active = this.#started ? this.#of(owner).length : await this.#store.countActive(owner);
    if (active >= of_person) throw tooManyJobs(of_person);
    const job: Stored = {
      ...{ id: newId(), owner, kind: kind.name, unit: kind.unit, input: check(kind.input, input) },
      ...{ state: "queued", done: 0, total: null, saved: undefined, error: null, log: [] },
      ...{ deaths: 0, place: 0, startedAt: null, endedAt: null },
      createdAt: this.#now().toISOString(),
    };
    note(job, lines.begun, this.#now());
    // Known at once, so that a second one on the same thing finds it.
    const coming = this.#started ? this.#activate(job, kind as unknown as JobKind) : undefined;
    try {
      await this.#store.add(job);
    } catch (thrown) {
      this.#active.delete(job.id);
      throw thrown;
    }
    if (coming) coming.ready = true;
    this.#fill();
    this.#changed();
    return this.#seen(job);
  }

  async list(owner: string): Promise<readonly Job[]> {
    return (await this.#store.of(owner)).map((job) =>
      this.#seen(this.#active.get(job.id)?.job ?? job),
    );
  }

  async others(owner: string): Promise<readonly Job[]> {
    const all = await this.#store.besides(owner);
    return all.map((job) => ({
      ...this.#fromOutside(this.#active.get(job.id)?.job ?? job),
      title: null,
      error: null,
    }));
  }

  async one(owner: string, id: string) {
    const job = await this.#find(owner, id);
    return { ...this.#seen(job), log: job.log };
  }

  async cancel(owner: string, id: string): Promise<Job> {
    const job = await this.#find(owner, id);
    const active = this.#active.get(id);
    if (active) await this.#end(active, "cancelled");
    else if (job.endedAt === null) {
      this.#finish(job, "cancelled");
      await this.#store.write(job);
    }
    return this.#seen(job);
  }

  async resume(owner: string, id: string): Promise<Job> {
    const job = await this.#find(owner, id);
    if (job.state === "done") throw jobDone();
    if (job.endedAt === null) return this.#seen(job);
    const kind = this.#kind(job);
    if (!kind) throw jobUnknown(job.kind);
    Object.assign(job, { state: "queued", deaths: 0, error: null, endedAt: null });
    note(job, lines.resumed, this.#now());
    const coming = this.#started ? this.#activate(job, kind) : undefined;
    await this.#store.write(job);
    if (coming) coming.ready = true;
    this.#fill();
    this.#changed();
    return this.#seen(job);
  }

  async remove(owner: string, id: string): Promise<void> {
    await this.#find(owner, id);
    const active = this.#active.get(id);
    if (active) await this.#end(active, "gone");
    await this.#store.remove(id);
    this.#changed();
  }

  change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#listeners.delete(done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    this.#listeners.add(done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
    return promise;
  }

  async saved<Input, Saved>(kind: JobKind<Input, Saved>, owner: string, id: string) {
    const job = await this.#find(owner, id);
    if (job.kind !== kind.name) throw jobNotFound();
    return job.saved === undefined ? undefined : kind.saved?.parse(job.saved);
  }

  underWay<Input, Saved>(kind: JobKind<Input, Saved>) {
    const mine = [...this.#active.values()].filter((one) => one.job.kind === kind.name);
    return mine.map(({ job: { id, owner, input } }) => ({ id, owner, input: input as Input }));
  }

  /** Starts what has room in its lane: first of those who have the fewest running, then the oldest. */
  #fill(): void {
    if (!this.#started) return;
    const all = [...this.#active.values()];
    const running = (one: Active) => one.work !== undefined;
    for (const lane of ["compute", "disk", "net"] as const) {
      const mine = all.filter(({ kind }) => kind.lane === lane);
      const room = lane === "compute" ? 1 : this.#options.policy[lane];
      for (;;) {
        const [now, waiting] = [
          mine.filter(running),
          mine.filter((one) => !running(one) && one.ready),
        ];
        if (waiting.length === 0 || now.length >= room) break;
        if (lane === "compute" && this.#wait() !== undefined) {
          this.#lookLater();
          break;
        }
        const of = ({ job }: Active) => now.filter((one) => one.job.owner === job.owner).length;
        const next = waiting.reduce((best, one) => (of(one) < of(best) ? one : best));
        next.work = this.#run(next);
      }
    }
  }

  #activate(job: Stored, kind: JobKind): Active {
    const active: Active = { job, kind, abort: new AbortController(), ready: false };
    this.#active.set(job.id, active);
    return active;
  }

  #of(owner: string): readonly Active[] {
    return [...this.#active.values()].filter(({ job }) => job.owner === owner);
  }

  #lookLater(): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      this.#fill();
    }, this.#options.lookMs ?? LOOK_MS);
  }

  /** Why nothing may be computed now. */
  #wait(): Words | undefined {
    const { policy, busy } = this.#options;
    if (isQuiet(policy.quiet_hours, this.#now())) return lines.quiet;
    return busy() ? lines.chats : undefined;
  }

  async #run(active: Active): Promise<void> {
    const { job, kind, abort } = active;
    const { signal } = abort;
    note(job, job.startedAt === null ? lines.started : lines.on, this.#now());
    job.state = "running";
    job.place = job.done;
    job.startedAt ??= this.#now().toISOString();
    const ended = Promise.withResolvers<never>();
    // Who is ended before the work begins waits for nothing.
    ended.promise.catch(() => {});
    signal.addEventListener(
      "abort",
      () =>
        void sleep(this.#options.graceMs ?? GRACE_MS, undefined, { ref: false }).then(() =>
          ended.reject(signal.reason),
        ),
    );
    try {
      await this.#store.write(job);
      this.#changed();
      signal.throwIfAborted();
      await Promise.race([kind.run(this.#told(active)), ended.promise]);
      this.#finish(job, "done");
    } catch (thrown) {
      const ending = signal.reason instanceof Ending ? signal.reason.state : undefined;
      if (ending === undefined) {
        const error = CharlaError.from(thrown);
        if (error.status >= 500)
          this.#options.log(`the job ${job.id} (${job.kind}) failed`, thrown);
        this.#finish(job, "failed", error);
      } else if (ending === "cancelled") this.#finish(job, "cancelled");
      else {
        job.state = "queued";
        job.deaths = 0;
        note(job, lines.stopped, this.#now());
      }
    }
    clearTimeout(active.timer);
    this.#active.delete(job.id);
    await this.#write(job, signal);
    this.#fill();
    this.#changed();
  }

  /** Of one that is gone nothing is written any more: its owner's key may be, too. */
  async #write(job: Stored, signal: AbortSignal): Promise<void> {
    if (signal.reason instanceof Ending && signal.reason.state === "gone") return;
    await this.#store
      .write(job)
      .catch((thrown) => this.#options.log(`the job ${job.id} was not stored`, thrown));
  }

  /** What its work is given. */
  #told(active: Active): Parameters<JobKind["run"]>[0] {
    const { job, kind, abort } = active;
    const { signal } = abort;
    const store = () => {
      delete active.timer;
      this.#store
        .writeProgress(job)
        .catch((thrown) => this.#options.log(`the job ${job.id} was not stored`, thrown));
    };
    return {
      ...{ id: job.id, owner: job.owner, input: job.input, signal },
      saved: job.saved === undefined ? undefined : kind.saved?.parse(job.saved),
      progress: (done, total) => {
        if (signal.aborted || (done === job.done && total === (job.total ?? undefined))) return;
        job.done = done;
        job.total = total ?? job.total;
        active.timer ??= setTimeout(store, STORE_MS);
        this.#changed();
      },
      save: async (state) => {
        signal.throwIfAborted();
        job.saved = state;
        job.deaths = 0;
        await this.#store.write(job);
      },
      note: (line) => {
        note(job, line, this.#now());
        this.#changed();
      },
      turn: async () => {
        signal.throwIfAborted();
        if (kind.lane !== "compute") return;
        for (let why = this.#wait(); why; why = this.#wait()) {
          if (job.state !== "paused") {
            job.state = "paused";
            note(job, why, this.#now());
            await this.#write(job, signal);
            this.#changed();
          }
          await sleep(this.#options.lookMs ?? LOOK_MS, undefined, { signal }).catch(() =>
            signal.throwIfAborted(),
          );
        }
        if (job.state !== "paused") return;
        job.state = "running";
        note(job, lines.on, this.#now());
        await this.#write(job, signal);
        this.#changed();
      },
    };
  }

  async #end(active: Active, how: Ending["state"]): Promise<void> {
    const { job, abort, work } = active;
    abort.abort(new Ending(how));
    if (work) return work;
    this.#active.delete(job.id);
    if (how === "cancelled") this.#finish(job, "cancelled");
    await this.#write(job, abort.signal);
    this.#changed();
  }

  async #endOf(person: string, how: "gone" | "queued"): Promise<void> {
    await Promise.all(this.#of(person).map((one) => this.#end(one, how)));
  }

  /** Goes on with what a person has. */
  async #load(person: string): Promise<void> {
    if (!this.#started) return;
    const all = await this.#store.active();
    for (const job of all)
      if (job.owner === person && !this.#active.has(job.id)) await this.#takeUp(job);
    this.#fill();
  }

  #finish(job: Stored, state: "done" | "failed" | "cancelled", error?: CharlaError): void {
    job.state = state;
    job.error = error?.toJSON() ?? null;
    job.endedAt = this.#now().toISOString();
    if (state === "done" && job.total !== null) job.done = job.total;
    note(job, lines[state], this.#now());
  }

  async #find(owner: string, id: string): Promise<Stored> {
    const active = this.#active.get(id)?.job;
    const job = active?.owner === owner ? active : await this.#store.one(owner, id);
    if (!job) throw jobNotFound();
    return job;
  }

  #kind({ kind }: Pick<Stored, "kind">): JobKind | undefined {
    return this.#options.kinds().find(({ name }) => name === kind);
  }

  #seen(job: Stored): Job {
    const input = this.#kind(job)?.input.safeParse(job.input);
    const title = input?.success ? (this.#kind(job)?.title?.(input.data) ?? null) : null;
    return { ...this.#fromOutside(job), title, error: job.error };
  }

  #fromOutside({
    id,
    owner,
    kind,
    state,
    done,
    total,
    unit,
    ...times
  }: Outside): Omit<Job, "title" | "error"> {
    const { createdAt, startedAt, endedAt } = times;
    const label = this.#kind({ kind })?.label ?? { en: kind, es: kind };
    return { id, owner, kind, label, state, done, total, unit, createdAt, startedAt, endedAt };
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function note(job: Stored, line: Words, now: Date): void {
  job.log = [...job.log, { at: now.toISOString(), ...line }].slice(-MOST_LINES);
}
