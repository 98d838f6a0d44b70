/** Who has written the answers of a file, and from what they were made up, as the file says it. */
import * as z from "zod";
import { LANGUAGES } from "../defaults.ts";
import { isObject } from "./rows.ts";

/** Who has written: as much as can be known of it. */
export const teacher = z.object({
  /** As the engine or another server calls it. */
  model: z.string().min(1).max(300),
  adapter: z.string().min(1).max(300).optional(),
  /** SHA-256 of the files; unknown of another server's. */
  ...{ digest: z.string().max(100).optional(), adapterDigest: z.string().max(100).optional() },
  /** As its file says it; null where nobody says any. */
  licence: z.string().max(200).nullable().default(null),
});
export type Teacher = z.output<typeof teacher>;

export const labelOf = ({ model, adapter }: Pick<Teacher, "model" | "adapter">): string =>
  adapter === undefined ? model : `${model}+${adapter}`;

/** Back from such a name. */
export function partsOf(label: string): Pick<Teacher, "model" | "adapter"> {
  const plus = label.lastIndexOf("+");
  const [model, adapter] = plus < 1 ? [label] : [label.slice(0, plus), label.slice(plus + 1)];
  return { model, ...(adapter && { adapter }) };
}

/** What is to be made up. */
export const description = z.object({
  about: z.string().trim().min(3).max(2000),
  language: z.enum(LANGUAGES),
  /** "friendly and short" */
  tone: z.string().trim().max(200).default(""),
});
export type Description = z.output<typeof description>;

export const provenance = z.object({ teacher, synthetic: description.optional() });
export type Provenance = z.output<typeof provenance>;

/** @returns undefined for a row that names no teacher */
export const provenanceOf = (row: unknown): Provenance | undefined =>
  isObject(row) && row.teacher !== undefined ? provenance.safeParse(row).data : undefined;
