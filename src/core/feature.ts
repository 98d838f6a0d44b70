/**
 * The port that every feature implements, and the only way to extend Charla: our own features use
 * nothing else. A feature is one folder under `src/features/` and one line in `src/app/features.ts`.
 *
 * `Feature` is what stands on that list, in the folder's `index.ts`: its name and its commands. It
 * imports nothing heavy, since every command line reads all of them.
 * `Openable` is what it brings to the policy and to the tables, in `open.ts`, loaded when needed.
 * `Opened` is what it does, once it is opened in a `House`, where everything is there.
 * `examples/` has whole features in one folder each.
 */
import type { Command } from "commander";
import type { MiddlewareHandler } from "hono";
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type * as z from "zod";
import type { Access, Scope } from "./access.ts";
import type { RecordAct } from "./audit.ts";
import type { Engines } from "./engine.ts";
import type { Timings } from "./extras.ts";
import type { Asked, Finding } from "./findings.ts";
import type { Gauge } from "./gauges.ts";
import type { ImageStore } from "./images.ts";
import type { Intake } from "./intake.ts";
import type { JobKind, Jobs } from "./jobs.ts";
import type { Labels } from "./label.ts";
import type { Ledger } from "./ledger.ts";
import type { Embed } from "./meaning.ts";
import type { Measure } from "./measure.ts";
import type { Receipts } from "./receipts.ts";
import type { Expired, Periods, Rights } from "./rights.ts";
import type { Route } from "./route.ts";
import type { Tool } from "./toolbox.ts";
import type { RunTurn, Step } from "./turn.ts";
import type { Vault } from "./vault.ts";
import type { Language, Spanish } from "./words.ts";

/** What a feature is, for the list and the command line. */
export interface Feature {
  /** The name of its folder. */
  readonly name: string;
  /** Of the errors that it throws; the English stands where they are thrown. */
  readonly spanish?: Spanish;
  /** Called when the command line is read: adds `charla <name>`. */
  commands?(program: Command, ground: Ground): void;
  /** What it can measure of itself, for whoever shows that; see `measure.ts`. */
  readonly measures?: readonly Measure[];
  /** The rest of it, for a house or a chat; absent where the commands are all. */
  load?(): Promise<Openable>;
}

/** What a feature needs to be opened. */
export interface Openable<Policy = unknown> {
  /** The feature's. */
  readonly name: string;
  /** What an earlier Charla called it, and databases that it has written do still. */
  readonly formerly?: string | undefined;
  /** Its section of the organisation's policy; the schema has a default for every value. */
  readonly policy?: { readonly section: string; readonly schema: z.ZodType<Policy> } | undefined;
  /** Database changes, forward only, run in the order of their names before anything else. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Layers around every turn of `charla chat`, which stores nothing and has no server. */
  terminal?(bare: Bare<Policy>): readonly Step[];
  /** Makes it whole, once, with its tables up to date and before anything is served. */
  open?(house: House<Policy>): Opened;
}

/** Ties what `open` and the others are given to the schema of the policy. */
export function openable<Schema extends z.ZodType = z.ZodUndefined>(
  typed: Omit<Openable<z.output<Schema>>, "policy"> & {
    readonly policy?: { readonly section: string; readonly schema: Schema };
  },
): Openable {
  return typed as Openable;
}

/** What a feature does. Lists of all features stand one behind the other, in the order of features. */
export interface Opened {
  /** Layers around every turn; earlier features are further out. */
  readonly steps?: readonly Step[];
  /** A route wins over a file of the page. */
  readonly routes?: readonly Route[];
  /** Layers around a route, outermost first; asked once for each route, before the server listens. */
  layers?(route: Route): readonly MiddlewareHandler[];
  /** The same, outside of all layers: run before anybody knows who asks. */
  gates?(route: Route): readonly MiddlewareHandler[];
  /** What a text of a user passes before it is stored; each gets what the one before has left. */
  readonly intake?: Intake;
  /** What every chat's system prompt begins with, so that engines can prepare for it. */
  readonly opening?: string | undefined;
  /** What a person wants the model to be told at the beginning of each chat that is stored for them. */
  beginning?(person: string): Promise<string | undefined>;
  /** What it stores of people: to give it out, to erase it. */
  readonly rights?: Rights;
  /** Bytes of a person's texts and files that it stores, where they can be many. */
  stored?(person: string): Promise<number>;
  /** Makes and keeps the receipts of answers. */
  readonly receipts?: Receipts | undefined;
  /** Keeps the images of chats. */
  readonly images?: ImageStore | undefined;
  /** What the model can call in the chats of a person; see `toolbox.ts`. */
  tools?(person: string): Promise<readonly Tool[]>;
  /** Makes vectors of texts by their meaning; see `meaning.ts`. */
  readonly embed?: Embed;
  /** Puts signed labels into what a model has part in. */
  readonly labels?: Labels;
  /** What it has measured of a person's model with an adapter and without, newest first. */
  findings?(asked: Asked): Promise<readonly Finding[]>;
  /** The kinds of long work that it does; see `House.jobs`. */
  // biome-ignore lint/suspicious/noExplicitAny: each feature knows what its kinds work on
  readonly jobs?: readonly JobKind<any, any>[];
  /** Writes an administrative act down. */
  readonly record?: RecordAct;
  /**
   * Told before a secret is looked at (a password, a code, a link's token), so that who is wrong
   * too often has to wait. Called within a request, whose status says how it went: below 400 the
   * secret was right. `who` is the account as it was named, where one was.
   */
  attempt?(attempt: { readonly who?: string | undefined }): Promise<void>;
  /** Erases what it keeps of conversations that are about to be removed for good. */
  forgetConversations?(ids: readonly string[]): Promise<void>;
  /** Copies what it keeps of a conversation for a copy of that, which nobody can see yet. */
  copyConversation?(copy: Copy): Promise<void>;
  /** Called when an older state of the database was put in its place: at `takenAt` it was so. */
  afterRestore?(takenAt: Date): Promise<void>;
  /** What it knows in numbers; asked whenever somebody reads them. */
  gauges?(): Promise<readonly Gauge[]>;
  /** Erases what is older than its period; called at the start and every day. */
  expire?(periods: Periods): Promise<readonly Expired[]>;
  /** Further ports of the server, on which it speaks HTTP/2 without TLS beside HTTP/1.1. */
  readonly ports?: readonly number[];
  /** What the page has to know of it before it shows anything of it; told to everybody. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Of the reader's device, what the page may ask for: it alone, and only where a feature says so. */
  readonly devices?: readonly "microphone"[];
  /** Work at the start of a server, before it listens. */
  start?(): void | Promise<void>;
  /** Called after `start`, and again and again while the server runs. */
  readonly every?: readonly Repeated[];
  /** Called when the server stops; running turns have been aborted by then. */
  stop?(): void | Promise<void>;
}

/** Of a person's conversation to another one of theirs, by their ids. */
export interface Copy {
  readonly owner: string;
  readonly from: string;
  readonly to: string;
}

export interface Repeated {
  /** From the end of one run to the beginning of the next. */
  readonly ms: number;
  /** What the log says when it fails; it is tried again at its time. */
  readonly failed: string;
  run(): Promise<unknown>;
}

/** What is there wherever a feature works. */
export interface Bare<Policy = unknown> {
  /** The feature's own section. */
  readonly policy: Policy;
  readonly settings: Settings;
  /** Of the terminal. */
  readonly language: Language;
  /** What no request can be told, never with message text. */
  log(line: string, error?: unknown): void;
  /** Writes an object to the log, never with message text; absent where the log is for people. */
  readonly note?: ((entry: object) => void) | undefined;
  /** The HTTP request that the caller works for, if it is one's. */
  asking(): Asking | undefined;
}

/** What a feature may use, the same for all. */
export interface House<Policy = unknown> extends Bare<Policy> {
  /** Runs one turn through every feature's steps; when all are opened, and not before. */
  readonly run: RunTurn;
  readonly engines: Engines;
  /** With the tables of all features, of which each uses its own. */
  // biome-ignore lint/suspicious/noExplicitAny: each feature knows the types of its tables
  readonly db: Kysely<any>;
  /** The keys of people, who own every text that is stored. */
  readonly vault: Vault;
  /** Makes what was overwritten in these tables, or in all, unreadable in the database's files. */
  scrub(tables?: readonly string[]): Promise<void>;
  /** Whoever stores a text of a user calls this first, and stores what comes back. */
  readonly intake: Intake;
  /** Whoever removes conversations for good calls this first, so that nothing outlives them. */
  forgetConversations(ids: readonly string[]): Promise<void>;
  /** Whoever copies a conversation calls this before anybody can see the copy. */
  copyConversation(copy: Copy): Promise<void>;
  /** Long work, stored, and gone on with after a restart. */
  readonly jobs: Jobs;
  /** What the server will have to stand by is written down there, for good. */
  readonly ledger: Ledger;
  readonly others: Others;
  /** Where the server listens, once it does: "http://127.0.0.1:8080". */
  readonly listening: Promise<string>;
  /** Says something to whoever started it. */
  tell(line: string): void;
}

/** All features together, for those who do not know each other. */
export interface Others {
  /** Resolves when every feature that keeps a log of acts has written it down. */
  readonly record: RecordAct;
  /** @throws CharlaError when there were too many */
  attempt(attempt: { readonly who?: string | undefined }): Promise<void>;
  rights(): readonly Rights[];
  /** Bytes of a person's that all features store. */
  stored(person: string): Promise<number>;
  /** Stands before a chat's own system prompt; undefined where nobody wants anything said. */
  beginning(person: string): Promise<string | undefined>;
  /** In the order of features. */
  tools(person: string): Promise<readonly Tool[]>;
  /** By the first feature that has a model for it; undefined where none has. */
  readonly embed: Embed;
  /** Undefined where no feature keeps images. */
  images(): ImageStore | undefined;
  /** Undefined where no feature keeps receipts. */
  receipts(): Receipts | undefined;
  /** What gives a document as it is where no feature makes labels. */
  labels(): Labels;
  /** Of all features. */
  findings(asked: Asked): Promise<readonly Finding[]>;
  expire(periods: Periods): Promise<readonly Expired[]>;
  gauges(): Promise<readonly Gauge[]>;
  /** What any of them can measure of itself. */
  measures(): readonly Measure[];
  /** Of the server, those of all features and its own. */
  routes(): readonly Route[];
  /** By name, those of every feature that is opened. */
  facts(): Readonly<Record<string, NonNullable<Opened["facts"]>>>;
}

/** What the commands of a feature may use. */
export interface Ground<Policy = unknown> extends Pick<Bare, "settings" | "language" | "log"> {
  /** What any feature can measure of itself. */
  measures(): readonly Measure[];
  /**
   * Works on what is stored, while no server has the data folder.
   *
   * @throws CharlaError `home_in_use`, `storage_...`
   */
  atRest<Result>(work: (house: House<Policy>) => Promise<Result>): Promise<Result>;
  /**
   * The server that runs on the data folder, if it lets whoever sits here ask it; where people have
   * accounts it does not.
   *
   * @param path of what is asked first
   */
  running(path: string): Promise<RunningServer | undefined>;
  /**
   * Reads what whoever runs the command has named, wherever that is; no redirect is followed.
   *
   * @param most bytes that it may have
   * @throws CharlaError `address_invalid`, `answer_too_large`; what the system says of connections
   */
  read(url: string, most: number): Promise<Response>;
}

/** A server of this machine, as the commands beside it ask it. */
export interface RunningServer {
  readonly url: string;
  /** @param body an object as JSON, or bytes. @throws CharlaError what it says; `server_gone` */
  ask<Reply>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: object | AsyncIterable<Uint8Array>,
  ): Promise<Reply>;
  /** Its server-sent events, until it ends them or the signal is aborted. */
  events<Event>(path: string, signal: AbortSignal): AsyncGenerator<Event>;
}

/** Of the installation, as its operator has set it up. */
export interface Settings {
  /** Folder of all that is stored, absolute. */
  readonly home: string;
  /** Several people, each with an account. */
  readonly accounts: boolean;
  /** How people reach it, as an origin, if not by the address that the server listens to. */
  readonly publicUrl: string | undefined;
  readonly oidcSecret: string | undefined;
  readonly metricsToken: string | undefined;
  readonly anchorUrl: string | undefined;
  /** Absent where no gRPC is wanted. */
  readonly grpcPort: number | undefined;
  readonly anchorKeyFile: string | undefined;
  /** Another server, which is sent every chat. */
  readonly remote: { readonly url: string } | undefined;
  /** Charla's own. */
  readonly version: string;
  /** SHA-256 of the policy; "default" where there is none. */
  readonly policyVersion: string;
}

/** An HTTP request, from its first header to the last byte of its answer. */
export interface Asking {
  readonly id: string;
  /**
   * The socket is this machine's own, and no proxy in between tells of somebody else. A proxy on
   * this machine need not tell (nginx does not by default), so this alone guards nothing secret.
   */
  readonly local: boolean;
  /** Of the client, as far as declared proxies tell; "unknown" when its socket is gone. */
  readonly address: string;
  /** The same, as limits count it: an IPv4 address, or a /64 of IPv6. */
  readonly network: string;
  /** Id of the model of the last turn that has begun, for the label on what it writes. */
  model?: string | undefined;
  /** Of the last turn that has ended, for the header `Server-Timing`. */
  timings?: Timings | undefined;
}

declare module "./route.ts" {
  interface Route {
    /** Of a list of scopes, a key needs all. */
    readonly access?: Access | readonly Scope[];
    /** Of a route for anyone that says more to who has signed in. */
    readonly knows?: boolean;
    /** A key may come as `x-api-key`, too, as clients of this route send it. */
    readonly keyHeader?: boolean;
    /** Only for who has signed in just now: what cannot be taken back. */
    readonly fresh?: boolean;
    /** What it takes in stays with the person, or a copy of what is there, and counts for how much that may be. */
    readonly stores?: true | "a copy";
    /** It leaves nothing behind of what it was asked: where nobody knows whether it was begun, it is asked again. */
    readonly repeatable?: boolean;
    /** Gives out what a model has written earlier; what it writes for the request is known anyway. */
    readonly generated?: boolean;
  }
}
