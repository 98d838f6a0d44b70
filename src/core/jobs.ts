/**
 * Long work that nobody waits for at a request: downloads, imports, evaluation, training. It is
 * stored, so that it outlives whoever began it and the server itself; it has one owner, shows how far
 * it is, can be cancelled and goes on where it had saved its state. A feature says in `Opened.jobs`
 * which kinds it does, and begins one with `house.jobs.begin(kind, owner, input)`.
 */
import type * as z from "zod";
import type { ErrorBody } from "./errors.ts";
import type { Words } from "./words.ts";

/**
 * What a job needs most: as many of a lane run at once as it can bear. Work of the lane `compute`
 * takes from those who chat, so it is done one at a time, and waits for them.
 */
export type Lane = "compute" | "disk" | "net";

export interface JobKind<Input = unknown, Saved = unknown> {
  /** "model.download"; what is stored is found again by it. */
  readonly name: string;
  readonly lane: Lane;
  readonly label: Words;
  /** What progress counts. */
  readonly unit: "bytes" | "items";
  readonly input: z.ZodType<Input>;
  /** Of what it saves; a kind without it begins anew each time. */
  readonly saved?: z.ZodType<Saved>;
  /** What it is about, for its owner: the name of a file or model. */
  title?(input: Input): string;
  /** Names a thing that only one job at a time may work at; a second one is not begun. */
  same?(input: Input): string;
  /**
   * Does it, from what was saved. It ends soon once the signal is aborted; what it throws then is
   * nobody's business, else it is why the job has failed.
   */
  run(job: Running<Input, Saved>): Promise<void>;
}

/** A job as its work sees it. */
export interface Running<Input = unknown, Saved = unknown> {
  readonly id: string;
  readonly owner: string;
  readonly input: Input;
  readonly saved: Saved | undefined;
  readonly signal: AbortSignal;
  /** Cheap, and stored now and then. */
  progress(done: number, total?: number): void;
  /** When it resolves, a new start goes on from here. */
  save(state: Saved): Promise<void>;
  /** Adds a line to its log, with no text of anybody's messages. */
  note(line: Words): void;
  /**
   * For the lane `compute`, between two pieces of work: resolves when nobody chats and no quiet hour
   * says no. @throws the signal's reason
   */
  turn(): Promise<void>;
}

const STATES = ["queued", "running", "paused", "done", "failed", "cancelled"] as const;
export type JobState = (typeof STATES)[number];

/** A job as people see it. Times in ISO 8601. */
export interface Job {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly label: Words;
  readonly state: JobState;
  readonly done: number;
  /** Null when nobody knows. */
  readonly total: number | null;
  readonly unit: "bytes" | "items";
  /** For its owner alone, as is the error; null for others and where there is none. */
  readonly title: string | null;
  readonly error: ErrorBody | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface JobLine extends Words {
  readonly at: string;
}

/** Every method takes the owner; another's id is answered like one that does not exist. */
export interface Jobs {
  /**
   * Stores it, and starts it when its lane has room; where one is under way on the same thing, that
   * one is given. @throws CharlaError `jobs_limited`
   */
  begin<Input, Saved>(kind: JobKind<Input, Saved>, owner: string, input: Input): Promise<Job>;
  /** Newest first. */
  list(owner: string): Promise<readonly Job[]>;
  /** Of everybody else, without what it is about. */
  others(owner: string): Promise<readonly Job[]>;
  /** @throws CharlaError `job_not_found`, as do those below */
  one(owner: string, id: string): Promise<Job & { readonly log: readonly JobLine[] }>;
  /** Ends it, and resolves once it has ended. One that has ended stays as it is. */
  cancel(owner: string, id: string): Promise<Job>;
  /** Goes on with one that has failed or was cancelled. */
  resume(owner: string, id: string): Promise<Job>;
  /** Forgets it, and ends it before if need be. */
  remove(owner: string, id: string): Promise<void>;
  /** Resolves with the next change of any job, or when the signal is aborted. */
  change(signal: AbortSignal): Promise<void>;
  /** What a job has saved last, for the feature whose kind it is. */
  saved<Input, Saved>(
    kind: JobKind<Input, Saved>,
    owner: string,
    id: string,
  ): Promise<Saved | undefined>;
  /** Those of a kind that are under way or waiting, for the feature whose kind it is. */
  underWay<Input, Saved>(
    kind: JobKind<Input, Saved>,
  ): readonly { readonly id: string; readonly owner: string; readonly input: Input }[];
}
