/**
 * Files in a turn of a chat: finds what they say to the question, puts it before the question as texts
 * from outside, and lets the answer say what it was given. Stands outside of the guard, which marks such
 * texts for the model.
 */
import { whoAsks } from "../../core/access.ts";
import type { Engines } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import type { Part } from "../../core/parts.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Message, Turn } from "../../core/types.ts";
import type { Cited, Passage, Retrieval } from "./api.ts";
import type { Collections } from "./collections.ts";
import { notFound } from "./errors.ts";
import type { Hit, Search } from "./finding/search.ts";
import { sourceOf } from "./places.ts";
import type { ReadingQueue } from "./reading/queue.ts";
import type { Files, Stored } from "./store.ts";

export interface StepOptions {
  readonly files: Files;
  readonly collections: Collections;
  readonly search: Search;
  readonly queue: ReadingQueue;
  readonly house: Pick<House, "engines" | "intake">;
}

/** Of the window, what passages may take; and of that many characters, a token has at least so many. */
const SHARE = 0.35;
const CHARACTERS_A_TOKEN = 2.5;
/** However large the window is: more passages make answers worse, not better. */
export const MOST_FOUND = 12_000;
/** Files that are shorter than this together go in whole. */
const MOST_WHOLE = 24_000;
/** Of each file, where a question is about the file as such. */
const BEGINNING = 3;

const INSTRUCTION =
  "Passages of the person's own files stand before the last question, each with a number in square " +
  "brackets. Answer from them, in the language of the question, and put the number of the passage, " +
  "like [1], right behind each statement that you take from it. If they do not hold the answer, say so " +
  "plainly; do not make anything up.";
const NOTHING =
  "The person's files were searched for the last question, and no passage in them has to do with it. " +
  "If it asks about the files, say that they do not tell; do not make anything up.";

export function filesInTurns(options: StepOptions): Step {
  return (turn, next) => {
    const { files = [], collections = [] } = turn.belongs ?? {};
    const count = files.length + collections.length + (turn.files?.length ?? 0);
    // A title is made of what was said.
    return count === 0 || turn.origin === "title" ? next(turn) : answered(options, turn, next);
  };
}

async function* answered(options: StepOptions, turn: Turn, next: RunTurn): AsyncGenerator<Delta> {
  const { files, collections, queue } = options;
  const {
    owner,
    conversation,
    files: brought = [],
    collections: shelves = [],
  } = turn.belongs ?? { owner: whoAsks().id, conversation: "" };
  const digests = brought.map(({ digest }) => digest);
  const known = await files.byDigests(owner, digests);
  const ids = known.map(({ id }) => id);
  await files.use(ids, conversation);
  const named = [...new Set(turn.files)];
  if ((await files.list(owner, named)).length < named.length) throw notFound();
  const first = await collections.filesOf(owner, shelves);
  await queue.settled([...ids, ...named, ...first.files.map(({ id }) => id)], turn.signal);
  const lying = await collections.filesOf(owner, shelves);
  const apart = [...lying.files, ...(await files.list(owner, named))];
  const there = [...(await files.byDigests(owner, digests)), ...apart];
  const all = new Map(there.map((file) => [file.about.digest, file]));
  const ready = [...all.values()].filter(({ state }) => state === "ready");
  const absent = digests.filter((digest) => !all.has(digest)).length + lying.gone;
  const missing = absent + all.size - ready.length;
  const room = await roomFor(options.house.engines, turn.model);
  for (let budget = room; ; budget = Math.floor(budget / 2)) {
    const given = await choose(options, turn, ready, budget);
    const parts = await partsOf(options, turn, { ...given, missing });
    let begun = false;
    try {
      for await (const delta of next(withPassages(turn, given))) {
        // What was found is told once there is an answer that it belongs to.
        if (delta.type === "text" && delta.text !== "" && !begun)
          yield* parts.map((part): Delta => ({ type: "text", text: "", part }));
        begun ||= delta.type === "text" && delta.text !== "";
        yield delta;
      }
      return;
    } catch (thrown) {
      const long = thrown instanceof CharlaError && thrown.code === "context_length_exceeded";
      if (!long || begun || given.passages.length === 0) throw thrown;
    }
  }
}

/** Characters that passages may take of a model's window. */
export async function roomFor(engines: Engines, model: string | undefined): Promise<number> {
  const cards = await engines.list();
  const card = cards.find(({ id }) => id === model) ?? cards[0];
  return Math.floor((card?.contextWindow ?? 4096) * SHARE * CHARACTERS_A_TOKEN);
}

interface Given {
  readonly state: Retrieval["state"];
  /** In the order in which they stand in the prompt, so that the first is [1]. */
  readonly passages: readonly Passage[];
  readonly files: number;
  readonly left: number;
}

async function choose(
  { search }: StepOptions,
  turn: Turn,
  ready: readonly Stored[],
  budget: number,
): Promise<Given> {
  const characters = ready.reduce((sum, { about }) => sum + (about.characters ?? 0), 0);
  const count = { files: ready.length };
  if (characters <= Math.min(budget, MOST_WHOLE)) {
    const all = ready.flatMap((file) => piecesOf(file, file.about.passages ?? 0));
    const passages = await textsOf(search, all);
    return { ...count, state: "whole", passages, left: 0 };
  }
  const asked = turn.messages.flatMap(({ role, content, source }) =>
    role === "user" && !source ? [content] : [],
  );
  const question = { text: asked.at(-1) ?? "", before: asked.slice(0, -1) };
  const { hits, general } = await search.find(ready, question, turn.signal);
  if (general && hits.length === 0) {
    const first = ready.flatMap((file) =>
      piecesOf(file, Math.min(BEGINNING, file.about.passages ?? 0)),
    );
    const taken = within(await textsOf(search, first), budget);
    return { ...count, state: "beginning", passages: taken, left: 0 };
  }
  // About what fits, with some to spare: passages are of many sizes.
  const best = within(
    await textsOf(search, hits.slice(0, MOST_HITS)),
    Math.min(budget, MOST_FOUND),
  );
  const passages = inOrder(best, ready);
  const state = passages.length > 0 ? "passages" : "nothing";
  return { ...count, state, passages, left: hits.length - passages.length };
}

const MOST_HITS = 16;

const piecesOf = (file: Stored, count: number): Hit[] =>
  Array.from({ length: count }, (_, piece) => ({ file, piece }));

async function textsOf(search: Search, hits: readonly Hit[]): Promise<Passage[]> {
  const passages: Passage[] = [];
  for (const hit of hits) passages.push(...((await search.passage(hit).then(one)) ?? []));
  return passages;
}
const one = (passage: Passage | undefined) => passage && [passage];

/** As many from the front as fit; the first only if it does. */
function within(passages: readonly Passage[], budget: number): Passage[] {
  const taken: Passage[] = [];
  let left = budget;
  for (const passage of passages) {
    left -= passage.text.length + 40;
    if (left < 0) break;
    taken.push(passage);
  }
  return taken;
}

/** File by file, and in each from the front, as somebody would read them. */
function inOrder(passages: readonly Passage[], files: readonly Stored[]): Passage[] {
  const place = new Map(files.map(({ id }, index) => [id, index]));
  return passages.toSorted(
    (a, b) =>
      (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0) ||
      a.section - b.section ||
      a.from - b.from,
  );
}

function withPassages(turn: Turn, { state, passages }: Given): Turn {
  if (state !== "nothing" && passages.length === 0) return turn;
  const messages = beforeQuestion(
    turn.messages,
    passages.map((passage, index) => ({ passage, n: index + 1 })),
  );
  return { ...turn, messages };
}

/** A passage with the number by which an answer refers to it. */
export interface Numbered {
  readonly passage: Passage;
  readonly n: number;
}

/** With an instruction at the end of the system prompt. */
export function instructed(messages: readonly Message[], instruction: string): readonly Message[] {
  const [first, ...rest] = messages;
  return first?.role === "system"
    ? [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest]
    : [{ role: "system", content: instruction }, ...messages];
}

/** Passages as texts from outside, one a file, or that there are none. */
export function beforeQuestion(
  messages: readonly Message[],
  passages: readonly Numbered[],
): readonly Message[] {
  const told = instructed(messages, passages.length === 0 ? NOTHING : INSTRUCTION);
  const at = told.findLastIndex(({ role, toolCallId }) => role === "user" && !toolCallId);
  const byFile = Map.groupBy(passages, ({ passage }) => passage.file);
  const texts = [...byFile.values()].map((some): Message => {
    const content = some.map(written).join("\n\n");
    const name = some[0]?.passage.name ?? "";
    return { role: "user", content, source: { kind: "document", name: name.slice(0, 64) } };
  });
  return told.toSpliced(at, 0, ...texts);
}

export function written({ passage: { place, text }, n }: Numbered): string {
  const where = sourceOf("", place, "en");
  return `[${n}]${where && ` (${where})`}\n${text}`;
}

/** Characters of a passage that an answer keeps, since a chat can hold so many; the rest is in the file. */
const QUOTED = 300;

/** What the answer keeps of what it was given. */
async function partsOf(
  { house }: StepOptions,
  { belongs }: Turn,
  { state, passages, files, left, missing }: Given & { readonly missing: number },
): Promise<Part[]> {
  const parts: Part[] = [
    { type: "retrieval", state, files, given: passages.length, left, missing },
  ];
  for (const [index, { file, name, place, section, from, to, text }] of passages.entries()) {
    // As in the chat itself, where what is personal may be masked.
    const short = text.length > QUOTED ? `${text.slice(0, QUOTED).toWellFormed()}…` : text;
    const quote = belongs
      ? await house.intake({ ...belongs, kind: "message", text: short })
      : short;
    const cited: Cited = {
      ...{ source: sourceOf(name, place, "en"), quote, n: index + 1 },
      ...{ file, place, section, from, to },
    };
    parts.push({ type: "citation", ...cited });
  }
  return parts;
}
