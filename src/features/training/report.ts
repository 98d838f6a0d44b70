/**
 * The file on a run for whoever has to account for it: who is in the data and on which ground, what was
 * masked, by which settings it was trained, what came of it, and what comes out of it again. No text of
 * a chat stands in it.
 */
import type { Others } from "../../core/feature.ts";
import type { Finding } from "../../core/findings.ts";
import type { Language } from "../../locales/index.ts";
import { type Merged, mergedOf } from "./merge.ts";
import { chatsOf, type Data, sourcesOf } from "./sealing.ts";
import type { Run, RunStore } from "./store.ts";
import type { Ground } from "./work.ts";

export interface Account {
  readonly format: "charla-training-report-1";
  /** ISO 8601. */
  readonly madeAt: string;
  readonly run: Omit<Run, "owner">;
  readonly origin: Origin;
  /** In the models folder. */
  readonly merged: readonly Merged[];
  /** Bias before and after, measured since the run ended. */
  readonly measured: readonly Finding[];
}

/** Whose texts they are, as far as they say so; of what is kept now. */
export interface Origin {
  /** Chats that are stored here, and how much of the data is of them. */
  readonly storedChats: number;
  readonly fromStored: number;
  /** Out of files that name no chat. */
  readonly fromFiles: number;
  /** That were learned from and erased since. */
  readonly erased: number;
  /** By the word in it, different placeholders such as "[IBAN_1]" in place of personal data. */
  readonly placeholders: Readonly<Record<string, number>>;
}

export interface Asking extends Ground, Pick<Others, "findings"> {
  readonly store: RunStore;
}

export async function accountOf(given: Asking, run: Run, language: Language): Promise<Account> {
  const { owner, ...shown } = run;
  const adapter = run.result?.adapter;
  const asked = { owner, model: run.plan.model, language };
  const all = adapter ? await given.findings({ ...asked, adapter }) : [];
  const files = await mergedOf(given, run);
  return {
    format: "charla-training-report-1",
    madeAt: new Date().toISOString(),
    run: shown,
    origin: originOf(await given.store.data(run), run.gone),
    merged: files.map(({ path: _path, ...one }) => one),
    // Under the same name there may have been another adapter before.
    measured: all.filter(({ at }) => run.endedAt !== null && at >= run.endedAt),
  };
}

/** "[DNI_1]", and "[DNI_1.2]" for another spelling of the same. */
const PLACEHOLDER = /\[([A-Z][A-Z_]*)_(\d+)(?:\.\d+)?\]/g;

export function originOf(data: Data, erased: number): Origin {
  const chats = chatsOf(data);
  const fromStored = chats.filter(({ from }) => from !== undefined).length;
  const found = new Map<string, Set<string>>();
  for (const { messages, rejected = "" } of chats) {
    const texts = [...messages.map(({ content }) => content), rejected].join("\n");
    for (const [, kind = "", number = ""] of texts.matchAll(PLACEHOLDER))
      found.set(kind, (found.get(kind) ?? new Set()).add(number));
  }
  const kinds = [...found].map(([kind, numbers]) => [kind, numbers.size] as const);
  return {
    storedChats: sourcesOf(data).size,
    ...{ fromStored, fromFiles: chats.length - fromStored, erased },
    placeholders: Object.fromEntries(kinds.toSorted(([a], [b]) => a.localeCompare(b))),
  };
}
