/**
 * `npm run eval:retrieval`: how well passages are found by words, by meaning and by both, in Spanish and
 * English and across them. It takes the model of `charla files fetch`; without it, words alone.
 *
 *     npm run eval:retrieval -- --home ~/.local/share/charla --json figures.json
 *
 * `--sections 150` measures so many of the Debian Reference's, by a hash of their names, where time is
 * short. `--debian FOLDER` takes packages that are unpacked there already.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../src/config.ts";
import { meaningTools } from "../../src/engines.ts";
import { MeaningModel } from "../../src/features/knowledge/meaning/model.ts";
import { FileIndex, IndexBuilder } from "../../src/finding/index-block.ts";
import { byWords, join as fuse, type Ranked } from "../../src/finding/rank.ts";
import { FileVectors, vectorBlock } from "../../src/finding/vectors.ts";
import { contentWords, termsOf } from "../../src/finding/words.ts";
import { debianReference } from "./debian.ts";
import { ndcg, type Rank, recall, shown } from "./measure.ts";
import { ownSet } from "./own.ts";

interface Text {
  readonly id: string;
  readonly text: string;
}
interface Question {
  readonly right: string;
  readonly text: string;
}
interface Case {
  readonly name: string;
  readonly language: "es" | "en";
  readonly asked: "es" | "en";
  readonly texts: readonly Text[];
  readonly questions: readonly Question[];
}

const { values } = parseArgs({
  options: {
    home: { type: "string" },
    debian: { type: "string" },
    json: { type: "string" },
    cache: { type: "string" },
    sections: { type: "string" },
    held: { type: "boolean", default: false },
  },
});

const home = values.home ?? readConfig().home;
const model = new MeaningModel(home, meaningTools, console.error);
const here = (await model.state()) === "ready";
if (!here) console.error("the model of `charla files fetch` is not there: words alone");
const scratch = mkdtempSync(join(tmpdir(), "charla-retrieval-"));

/** What was made once is made once, and kept beside the run if a folder is given. */
async function vectorsOf(
  name: string,
  kind: "query" | "passage",
  texts: readonly string[],
): Promise<FileVectors | undefined> {
  if (!here) return undefined;
  const file = join(values.cache ?? scratch, `${name}-${kind}.vectors`);
  const known = (() => {
    try {
      return new FileVectors(readFileSync(file));
    } catch {
      return undefined;
    }
  })();
  if (known?.count === texts.length) return known;
  const made: (readonly number[])[] = [];
  for (let at = 0; at < texts.length; at += 8) {
    const some = texts.slice(at, at + 8);
    made.push(...((await model.embed(kind, some, new AbortController().signal)) ?? []));
    console.error(`${name}, ${kind}: ${made.length} of ${texts.length}`);
  }
  const block = vectorBlock(made);
  writeFileSync(file, block);
  return new FileVectors(block);
}

const WAYS = ["words", "meaning", "both, 1 : 1", "as Charla does"] as const;
type Way = (typeof WAYS)[number];
/** As in `finding/search.ts`. */
const WORDS = 0.35;

async function measure({ name, language, asked, texts, questions }: Case) {
  const builder = new IndexBuilder(language);
  for (const [section, { text }] of texts.entries())
    builder.add({ section, from: 0, to: text.length }, termsOf(text, language));
  const index = new FileIndex(builder.bytes());
  const passages = await vectorsOf(
    `${name}-${language}`,
    "passage",
    texts.map(({ text }) => text),
  );
  const ranks = new Map<Way, Rank[]>(WAYS.map((way) => [way, []]));
  const vectors = await vectorsOf(
    `${name}-${asked}`,
    "query",
    questions.map(({ text }) => text),
  );
  for (const [at, { right, text }] of questions.entries()) {
    const words = byWords(
      [index],
      contentWords(text).map((word) => ({ word, weight: 1 })),
    );
    const near: Ranked[] = [];
    const vector = vectors?.vector(at);
    if (vector && passages)
      for (const [piece, score] of passages.near(vector).entries())
        near.push({ file: 0, piece, score });
    near.sort((one, other) => other.score - one.score);
    const weighted = (weight: number) =>
      fuse({ ranked: words, weight: () => weight }, { ranked: near, weight: () => 1 });
    const found: Readonly<Record<Way, readonly Ranked[]>> = {
      words,
      meaning: near,
      "both, 1 : 1": weighted(1),
      "as Charla does": near.length === 0 ? words : weighted(asked === language ? WORDS : 0),
    };
    for (const way of WAYS) {
      const rank = found[way].findIndex(({ piece }) => texts[piece]?.id === right);
      ranks.get(way)?.push(rank < 0 ? Number.POSITIVE_INFINITY : rank + 1);
    }
  }
  return WAYS.filter((way) => here || way === "words").map((way) => {
    const of = ranks.get(way) ?? [];
    return { way, ndcg10: ndcg(of, 10), recall5: recall(of, 5), recall10: recall(of, 10) };
  });
}

function debianCases(): Case[] {
  const sections = debianReference(values.debian);
  const both = new Set(sections.en.map(({ id }) => id));
  const inHash = (id: string) => createHash("sha256").update(id).digest("hex");
  const shared = sections.es
    .filter(({ id }) => both.has(id))
    .map(({ id }) => id)
    .toSorted((one, other) => (inHash(one) < inHash(other) ? -1 : 1))
    .slice(0, Number(values.sections ?? sections.es.length));
  const of = (language: "es" | "en") => {
    const byId = new Map(sections[language].map((one) => [one.id, one]));
    return shared.flatMap((id) => byId.get(id) ?? []);
  };
  return (["es", "en"] as const).flatMap((asked) =>
    (["es", "en"] as const).map((language) => ({
      ...{ name: "debian", language, asked },
      texts: of(language).map(({ id, text }) => ({ id, text })),
      questions: of(asked).map(({ id, title }) => ({ right: id, text: title })),
    })),
  );
}

try {
  const { texts, questions } = ownSet(values.held);
  const cases: Case[] = [
    ...debianCases(),
    { name: values.held ? "own-held" : "own", language: "es", asked: "es", texts, questions },
  ];
  const all: object[] = [];
  for (const one of cases) {
    const { name, asked, language } = one;
    console.log(
      `\n${name}: asked in ${asked}, text in ${language}, ${one.questions.length} questions`,
    );
    console.log("| Way | nDCG@10 | Recall@5 | Recall@10 |\n|---|---|---|---|");
    for (const { way, ndcg10, recall5, recall10 } of await measure(one)) {
      console.log(`| ${way} | ${shown(ndcg10)} | ${shown(recall5)} | ${shown(recall10)} |`);
      all.push({
        name,
        asked,
        language,
        questions: one.questions.length,
        way,
        ndcg10,
        recall5,
        recall10,
      });
    }
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
} finally {
  await model.close();
  rmSync(scratch, { recursive: true, force: true });
}
