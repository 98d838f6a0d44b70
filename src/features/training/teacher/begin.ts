/** From what was asked for to texts that a teacher is to write: the same for the terminal and for HTTP. */
import { createHash } from "node:crypto";
import type { Intake } from "../../../core/intake.ts";
import type { DataFile } from "../data/prepare.ts";
import { partsOf, type Teacher } from "../data/provenance.ts";
import { type Item, type Writing, writing } from "./plan.ts";
import { questionsOf } from "./questions.ts";
import type { Written, WrittenStore } from "./store.ts";

export const MAX_TOKENS = 512;

export interface WriteWish {
  /** "model" or "model+adapter". */
  readonly teacher: string;
  readonly name?: string | undefined;
  readonly files?: readonly DataFile[] | undefined;
  /** Instead of files. */
  readonly synthetic?: Writing["synthetic"];
  readonly maxTokens?: number | undefined;
  /** Personal data stays as it is; the policy may mask it even so. */
  readonly unmasked?: boolean | undefined;
}

interface Place {
  readonly owner: string;
  readonly intake: Intake;
  readonly version: string;
}

/**
 * Where the same was wished before and is not done, that one is gone on with; where it is done, it is there.
 *
 * @throws CharlaError `training_questions_...`, `training_data_unreadable`
 */
export async function beginWriting(
  store: WrittenStore,
  wish: WriteWish,
  { owner, intake, version }: Place,
): Promise<Written> {
  const { files = [], synthetic, maxTokens = MAX_TOKENS, unmasked = false } = wish;
  const privacy = unmasked ? undefined : ("mask" as const);
  const clean = (text: string) => intake({ text, kind: "import", owner, privacy });
  const items = synthetic ? [] : await questionsOf(files, clean);
  const made = synthetic && {
    ...synthetic,
    about: await clean(synthetic.about),
    tone: synthetic.tone ? await clean(synthetic.tone) : "",
  };
  const teacher = { ...partsOf(wish.teacher), licence: null };
  const key = keyOf({ teacher, made, items, maxTokens, unmasked });
  const before = await store.same(owner, key);
  if (before) return before;
  const first = files[0]?.name.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");
  const name = (wish.name?.trim() || first || made?.about || teacher.model).slice(0, 100);
  const plan = writing.parse({
    ...{ name, teacher, key, maxTokens, unmasked, version },
    ...(made && { synthetic: made }),
  });
  return store.add(owner, plan, items);
}

const keyOf = (wish: {
  readonly teacher: Teacher;
  readonly made: Writing["synthetic"];
  readonly items: readonly Item[];
  readonly maxTokens: number;
  readonly unmasked: boolean;
}) => createHash("sha256").update(JSON.stringify(wish)).digest("hex");
