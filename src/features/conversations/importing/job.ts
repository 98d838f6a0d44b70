/**
 * An import as a job: the chats of a file, a few at a time, each known again when it comes twice. What
 * was taken stays when the job is cancelled or the server ends, and it goes on behind that.
 */
import { rm } from "node:fs/promises";
import type { Kysely } from "kysely";
import * as z from "zod";
import type { House } from "../../../core/feature.ts";
import type { JobKind, Running } from "../../../core/jobs.ts";
import { type ImportReport, importReport, type Lost } from "../api.ts";
import { takeConversation } from "../inlet.ts";
import type { Store } from "../store.ts";
import type { Tables } from "../tables.ts";
import { cleanTitle } from "../titles.ts";
import { unlessGone } from "../transfer.ts";
import { type Origin, Origins, originOf } from "./origins.ts";
import type { Found } from "./read.ts";
import type { Place } from "./source.ts";
import { readThread } from "./thread.ts";

const input = z.object({
  /** The file's path; its key, in Base64, sealed with all of this; and its bytes. */
  path: z.string(),
  key: z.string().optional(),
  bytes: z.number(),
  /** What its owner calls it. */
  name: z.string(),
});
type Input = z.output<typeof input>;

const saved = z.object({
  /** Chats of the file that are behind it. */
  passed: z.number(),
  report: importReport,
});
type Saved = z.output<typeof saved>;

export type ImportKind = JobKind<Input, Saved>;

export const EMPTY: ImportReport = {
  ...{ from: [], added: 0, renewed: 0, known: 0, left: 0, messages: 0, lost: [], lostCount: 0 },
};

/** Chats that are stored and shown at once. */
const TOGETHER = 25;
/** Of what was lost, so many are named. */
const MOST_LOST = 300;

export interface Importing {
  readonly store: Store;
  readonly db: Kysely<Tables>;
  readonly house: Pick<House, "intake" | "others" | "forgetConversations" | "vault">;
}

export function importKind(importing: Importing): ImportKind {
  return {
    ...{ name: "conversations.import", lane: "disk", unit: "bytes", input, saved },
    label: { en: "Import of chats", es: "Importación de chats" },
    title: ({ name }) => name,
    async run(job) {
      const place: Place = job.input;
      await importChats(importing, job, place);
      // Cancelled or failed, it can be gone on with, for which the file is needed.
      if (place.key !== undefined) await rm(place.path, { force: true });
    },
  };
}

type Work = Pick<Running<unknown, Saved>, "owner" | "saved" | "signal" | "progress" | "save">;

/** @throws CharlaError what is wrong with the file; the signal's reason */
export async function importChats(
  importing: Importing,
  work: Work,
  place: Place,
): Promise<ImportReport> {
  const { passed, report } = work.saved ?? { passed: 0, report: EMPTY };
  const taking = await Taking.begin(importing, work.owner, report);
  let behind = passed;
  const keep = async () => {
    await taking.publish();
    await work.save({ passed: behind, report: taking.report });
  };
  try {
    for await (const found of readThread(place, passed, work.signal)) {
      await taking.take(found);
      behind += 1;
      work.progress(found.done, found.total);
      if (taking.waiting === TOGETHER) await keep();
    }
    await keep();
  } finally {
    await taking.discard();
  }
  return taking.report;
}

/** Takes chats in, and knows what has become of them. */
class Taking {
  report: ImportReport;
  waiting = 0;
  readonly #importing: Importing;
  readonly #owner: string;
  readonly #origins: Origins;
  #staging: Awaited<ReturnType<Store["stage"]>>;
  /** Those whose place is taken when what waits is shown. */
  #replaced: string[] = [];

  static async begin(importing: Importing, owner: string, report: ImportReport): Promise<Taking> {
    const sealer = await importing.house.vault.of(owner);
    const origins = await Origins.of(importing.db, owner, sealer);
    return new Taking(importing, owner, report, origins, await importing.store.stage(owner));
  }

  private constructor(
    importing: Importing,
    owner: string,
    report: ImportReport,
    origins: Origins,
    staging: Awaited<ReturnType<Store["stage"]>>,
  ) {
    this.#importing = importing;
    this.#owner = owner;
    this.report = report;
    this.#origins = origins;
    this.#staging = staging;
  }

  async take(found: Found): Promise<void> {
    const { from } = this.report;
    if (found.from !== "" && !from.includes(found.from))
      this.#count({ from: [...from, found.from] });
    if (found.type === "left") {
      this.#count({ left: this.report.left + 1 });
      this.#lose([found.lost], null);
      return;
    }
    const origin = originOf(found.from, found.id, found.chat);
    if (this.#origins.has(origin)) this.#count({ known: this.report.known + 1 });
    else await this.#add(found, origin);
  }

  async #add(found: Extract<Found, { type: "chat" }>, origin: Origin): Promise<void> {
    const before = this.#origins.earlier(origin);
    const pinned = found.chat.pinned || (before?.shelf.pinned ?? false);
    const { house } = this.#importing;
    // Where its owner has put it, it stays.
    const shelf = before && {
      ...before.shelf,
      folder: before.shelf.folderId === null ? found.chat.folder : undefined,
    };
    const brought = { ...found.chat, ...shelf, pinned };
    const chat = await takeConversation(house, this.#owner, brought);
    await this.#staging.add(chat, JSON.stringify(origin));
    this.waiting += 1;
    if (before) this.#replaced.push(before.chat);
    this.#origins.add(origin, chat.id, chat);
    const { added, renewed, messages } = this.report;
    this.#count(before ? { renewed: renewed + 1 } : { added: added + 1 });
    this.#count({ messages: messages + chat.messages.length });
    this.#lose(found.lost, { id: chat.id, title: cleanTitle(chat.title) });
  }

  /** Shows what waits. */
  async publish(): Promise<void> {
    const { store } = this.#importing;
    await this.#staging.publish();
    for (const id of this.#replaced) await store.remove(this.#owner, id).catch(unlessGone);
    this.#replaced = [];
    this.waiting = 0;
    this.#staging = await store.stage(this.#owner);
  }

  /** Forgets what waits, after something went wrong. */
  async discard(): Promise<void> {
    await this.#importing.house.forgetConversations(this.#staging.ids);
    await this.#staging.discard();
  }

  #count(change: Partial<ImportReport>): void {
    this.report = { ...this.report, ...change };
  }

  #lose(lost: readonly Lost[], chat: ImportReport["lost"][number]["chat"]): void {
    const named = lost.map(({ kind, name }) => ({ kind, name: cleanTitle(name), chat }));
    this.#count({
      lost: [...this.report.lost, ...named].slice(0, MOST_LOST),
      lostCount: this.report.lostCount + lost.length,
    });
  }
}
