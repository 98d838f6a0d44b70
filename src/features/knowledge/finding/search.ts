/** Finds passages in a person's files: by words at once, and by meaning where there are vectors. */

import type { FileIndex } from "../../../finding/index-block.ts";
import { type Question, understood, weighed } from "../../../finding/question.ts";
import { best, byWords, FIRST, join, type Ranked, together } from "../../../finding/rank.ts";
import type { FileVectors } from "../../../finding/vectors.ts";
import { languageOf } from "../../../finding/words.ts";
import type { Passage } from "../api.ts";
import type { Files, Stored } from "../store.ts";
import type { OpenIndexes } from "./opened.ts";

/** Makes the vector of a question; undefined where there is no model for it. */
export type Embed = (question: string, signal: AbortSignal) => Promise<Float32Array | undefined>;

export interface Hit {
  readonly file: Stored;
  readonly piece: number;
}

/** 1 for what stands first by words and by meaning, less with each rank; it says nothing of the text itself. */
export interface Scored extends Hit {
  readonly score: number;
}

export interface Found {
  /** Best first. */
  readonly hits: readonly Scored[];
  /** The question is about the files as such: what they are, what they say in short. */
  readonly general: boolean;
}

/** Words of a question about files as such, folded. */
const GENERAL = new Set(
  `document documents file files text texts attached attachment pdf book article report page pages summary
  summarise summarize overview topic about main points key content contents outline describe explain
  documento documentos archivo archivos fichero texto textos adjunto adjuntos libro articulo informe pagina
  paginas resumen resume resumir resumeme tema trata puntos principales clave contenido contenidos indice
  describe explica cuenta habla va`.split(/\s+/),
);

/** Of ranks by words where question and text share the language; else the meaning alone decides. */
const WORDS = 0.35;
/**
 * Nearer than this many deviations above the mean of all passages is taken for no accident: of passages
 * that have nothing to do with a question, fewer than one in a hundred would be. A choice, not measured.
 */
const DEVIATIONS = 2.5;
/** Of so few, a mean says nothing. */
const SAMPLE = 30;

interface Opened {
  readonly file: Stored;
  readonly index: FileIndex;
  readonly vectors: FileVectors | undefined;
}

export class Search {
  readonly #files: Files;
  readonly #indexes: OpenIndexes;
  readonly #embed: Embed;

  constructor(files: Files, indexes: OpenIndexes, embed: Embed) {
    this.#files = files;
    this.#indexes = indexes;
    this.#embed = embed;
  }

  async find(stored: readonly Stored[], question: Question, signal: AbortSignal): Promise<Found> {
    const opened: Opened[] = [];
    for (const file of stored) {
      const open = file.state === "ready" ? await this.#indexes.of(file) : undefined;
      if (open) opened.push({ file, ...open });
    }
    const { own, earlier, text } = understood(question);
    const general = own.every((word) => GENERAL.has(plain(word)));
    const asked = weighed({ own: general ? [] : own, earlier });
    const words = byWords(
      opened.map(({ index }) => index),
      asked,
    );
    const near = await this.#near(opened, text, signal);
    const language = languageOf(question.text);
    const shared = opened.map(({ index }) => {
      const known = language !== "other" && index.language !== "other";
      return !known || index.language === language;
    });
    // Where a file has no vectors yet, its words are all that there is.
    const weight = ({ file }: Ranked) => {
      if (near.length === 0 || !opened[file]?.vectors) return 1;
      return shared[file] ? WORDS : 0;
    };
    const ranked = join({ ranked: words, weight }, { ranked: near, weight: () => 1 });
    const most = 1 + (near.length > 0 ? WORDS : 0);
    const hits = ranked.flatMap(({ file, piece, score }) => {
      const one = opened[file];
      return one ? [{ file: one.file, piece, score: Math.min(1, score / (most * FIRST)) }] : [];
    });
    return { hits, general };
  }

  /** Those that are nearer than others by chance. */
  async #near(opened: readonly Opened[], text: string, signal: AbortSignal): Promise<Ranked[]> {
    if (!opened.some(({ vectors }) => vectors)) return [];
    const vector = await this.#embed(text, signal);
    if (!vector) return [];
    const all = opened.map(({ vectors }) =>
      vectors?.dimensions === vector.length ? vectors.near(vector) : new Float32Array(),
    );
    const least = leastOf(all);
    return together(all.flatMap((scores, file) => best(file, scores, least)));
  }

  /** A passage with its text. */
  async passage({ file, piece }: Hit): Promise<Passage | undefined> {
    const open = await this.#indexes.of(file);
    if (!open) return undefined;
    const { section, from, to } = open.index.piece(piece);
    const blocks = this.#files.blocks(await this.#files.sealer(file.owner), file.id);
    const found = await blocks.section(file.about.firsts ?? [], section);
    if (!found) return undefined;
    return {
      ...{ file: file.id, name: file.about.name, place: found.place },
      ...{ section, from, to, text: found.text.slice(from, to) },
    };
  }
}

/** What is nearer than that is no accident. */
function leastOf(all: readonly Float32Array[]): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const scores of all)
    for (let at = 0; at < scores.length; at++) {
      const score = scores[at] as number;
      count += 1;
      sum += score;
      squares += score * score;
    }
  if (count <= SAMPLE) return -1;
  const mean = sum / count;
  return mean + DEVIATIONS * Math.sqrt(Math.max(0, squares / count - mean * mean));
}

const plain = (word: string) => word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
