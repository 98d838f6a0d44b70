/** The long work of meaning: to fetch the model, and to make the vectors of a person's files. */
import * as z from "zod";
import type { JobKind } from "../../../core/jobs.ts";
import { vectorBlock } from "../../../finding/vectors.ts";
import type { OpenIndexes } from "../finding/opened.ts";
import type { Files, Stored } from "../store.ts";
import type { MeaningModel } from "./model.ts";

const nothing = z.strictObject({});
const whose = z.strictObject({ owner: z.string() });

export type FetchKind = JobKind<z.output<typeof nothing>>;
export type VectorsKind = JobKind<z.output<typeof whose>>;

/** @param then called once it is there */
export const fetchKind = (model: MeaningModel, then: () => Promise<void>): FetchKind => ({
  ...{ name: "files.meaning", lane: "net", unit: "bytes", input: nothing },
  label: {
    en: "Download of the model that finds by meaning",
    es: "Descarga del modelo que busca por significado",
  },
  title: () => model.offered.name,
  same: () => model.offered.name,
  async run({ signal, progress }) {
    await model.fetch(signal, progress);
    await then();
  },
});

/** Passages at a time, between which those who chat have their turn. */
const TOGETHER = 4;

export interface VectorsOptions {
  readonly files: Files;
  readonly indexes: OpenIndexes;
  readonly model: MeaningModel;
}

/** Goes on with the next file that has none after a restart: each is stored once it is whole. */
export const vectorsKind = ({ files, indexes, model }: VectorsOptions): VectorsKind => ({
  ...{ name: "files.vectors", lane: "compute", unit: "items", input: whose },
  label: { en: "Meaning of files", es: "Significado de archivos" },
  same: ({ owner }) => owner,
  async run({ owner, signal, progress, turn }) {
    let done = 0;
    for (;;) {
      const { digest } = model.offered;
      const missing = await withoutVectors(files, owner, digest);
      const [next] = missing;
      if (!next) return;
      const left = missing.reduce((sum, { about }) => sum + (about.passages ?? 0), 0);
      const total = done + left;
      const vectors: (readonly number[])[] = [];
      for await (const texts of passagesOf(files, indexes, next)) {
        signal.throwIfAborted();
        await turn();
        const made = await model.embed("passage", texts, signal);
        // Whoever has deleted the model wants no vectors.
        if (!made) return;
        vectors.push(...made);
        done += texts.length;
        progress(done, total);
      }
      const blocks = files.blocks(await files.sealer(owner), next.id);
      await blocks.put("vectors", 0, vectorBlock(vectors));
      await files.note(owner, next.id, "ready", { ...next.about, vectors: digest });
      indexes.forget([next.id]);
    }
  },
});

/** Oldest first. @param digest of the model that they are wanted of */
export async function withoutVectors(
  files: Files,
  owner: string,
  digest: string,
): Promise<readonly Stored[]> {
  const all = await files.list(owner);
  return all.filter(({ state, about }) => state === "ready" && about.vectors !== digest).reverse();
}

/** With the names of file and chapters before each, which say what it is about. */
async function* passagesOf(
  files: Files,
  indexes: OpenIndexes,
  file: Stored,
): AsyncGenerator<readonly string[]> {
  const open = await indexes.of(file);
  if (!open) return;
  const blocks = files.blocks(await files.sealer(file.owner), file.id);
  let texts: string[] = [];
  let piece = 0;
  let at = 0;
  for await (const { place, text } of blocks.sections()) {
    for (; piece < open.index.pieces && open.index.piece(piece).section === at; piece++) {
      const { from, to } = open.index.piece(piece);
      const above = [...(place.headings ?? []), place.sheet ?? ""].filter(Boolean).join(" › ");
      texts.push([above, text.slice(from, to)].filter(Boolean).join("\n"));
      if (texts.length === TOGETHER) {
        yield texts;
        texts = [];
      }
    }
    at += 1;
  }
  if (texts.length > 0) yield texts;
}
