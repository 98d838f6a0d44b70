/**
 * From files to what is learned: chats that alternate and end with an answer, each once; split by chat
 * into what is learned, what tells when to stop, and a test set that nothing touches. Chats that nearly
 * stand in the test set are not learned, since they would make it easy.
 */
import { createHash, hash } from "node:crypto";
import { tooFew } from "../errors.ts";
import type { Chat, ChatMessage, Reason, Skipped } from "./chat.ts";
import { chatsOf, sourceOf, treesOf } from "./formats.ts";
import { type Languages, languagesOf } from "./languages.ts";
import { judgedOf } from "./preferences.ts";
import { type Provenance, provenanceOf } from "./provenance.ts";
import { rowsOf } from "./rows.ts";

export interface DataFile {
  readonly name: string;
  readonly text: string;
}

export interface Prepared {
  readonly train: readonly Chat[];
  readonly validation: readonly Chat[];
  readonly test: readonly Chat[];
  readonly look: Look;
}

/** What is told before anything is trained. */
export interface Look {
  /** SHA-256 of all that is learned and tested on. */
  readonly digest: string;
  readonly files: readonly { readonly name: string; readonly digest: string }[];
  /** In the files. */
  readonly found: number;
  readonly skipped: Skipped;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly messages: number;
  /** Of the answers alone, and of all texts. */
  readonly answerCharacters: number;
  readonly characters: number;
  /** How it is learned, which the data decides. */
  readonly method: Method;
  /** Chats with a worse answer beside the last one, and those whose answer is a bad one. */
  readonly pairs: number;
  readonly bad: number;
  /** Answers that say the same as another. */
  readonly sameAnswers: number;
  readonly languages: Languages;
  /** Who has written answers for this, in the order in which chats name them. */
  readonly teachers: readonly (Provenance & { readonly texts: number })[];
  /** Messages in which personal data was masked; null where that was not asked for. */
  readonly masked: number | null;
}

/** Shares of chats, by the digest of each. */
const TEST = 0.1;
const VALIDATION = 0.1;
/** Fewer of a part tell nothing. */
const LEAST_HELD = 2;
export const LEAST_CHATS = 10;
/** Words in a row that two texts share by no accident. */
const GRAM = 13;

/** @param mask gives a text without personal data; absent: they stay as they are */
export async function prepare(
  files: readonly DataFile[],
  mask?: (text: string) => Promise<string>,
): Promise<Prepared> {
  const skipped = new Map<Reason, number>();
  const skip = (reason: Reason) => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const chats = new Map<string, Chat>();
  const teachers = new Map<string, { readonly place: number; readonly is: Provenance }>();
  let [found, masked] = [0, 0];
  for (const { name, text } of files) {
    for (const row of treesOf(rowsOf(name, text))) {
      const judged = judgedOf(row);
      const [read, from] = [chatsOf(judged?.row ?? row), sourceOf(row)];
      const by = judged ? undefined : provenanceOf(row);
      const teacher = by && placeOf(teachers, by);
      if (!read) {
        found += 1;
        skip("shape");
      }
      for (const raw of read ?? []) {
        found += 1;
        const trimmed = alternating(raw);
        if (typeof trimmed === "string") {
          skip(trimmed);
          continue;
        }
        const messages: ChatMessage[] = [];
        for (const one of trimmed) {
          const content = mask ? await mask(one.content) : one.content;
          if (content !== one.content) masked += 1;
          messages.push({ ...one, content });
        }
        const worse = judged?.rejected?.trim();
        const rejected = worse && mask ? await mask(worse) : worse;
        const judgement = {
          ...(rejected && { rejected }),
          ...(judged?.bad && { bad: judged.bad }),
        };
        // Whatever a teacher answers, a question stays in its part.
        const taught = teacher !== undefined && { teacher };
        const id = idOf(taught ? messages.slice(0, -1) : messages, judgement);
        if (chats.has(id)) skip("duplicate");
        else chats.set(id, { id, messages, ...judgement, ...taught, ...(from && { from }) });
      }
    }
  }
  const parts = split([...chats.values()]);
  const tested = gramsOf([...parts.test, ...parts.validation]);
  const train = parts.train.filter((one) => {
    const near = nearly(one, tested);
    if (near) skip("nearTest");
    return !near;
  });
  if (train.length + parts.validation.length + parts.test.length < LEAST_CHATS)
    throw tooFew(train.length + parts.validation.length + parts.test.length, LEAST_CHATS);
  const learned = { ...parts, train };
  return {
    ...learned,
    look: lookAt(learned, {
      ...{ files, found, skipped, masked: mask ? masked : null },
      teachers: [...teachers.values()].map(({ is }) => is),
    }),
  };
}

/** @returns by which number the chats of a teacher, and of a description, name them */
function placeOf(
  teachers: Map<string, { readonly place: number; readonly is: Provenance }>,
  is: Provenance,
): number {
  const key = JSON.stringify(is);
  const known = teachers.get(key) ?? { place: teachers.size, is };
  teachers.set(key, known);
  return known.place;
}

/** @returns why it cannot be learned from, else the chat up to its last answer */
function alternating(messages: readonly ChatMessage[]): readonly ChatMessage[] | Reason {
  const last = messages.findLastIndex(({ role, weight }) => role === "assistant" && weight !== 0);
  if (last < 0) return "noAnswer";
  const kept = messages.slice(0, last + 1);
  if (kept.some(({ role, content }) => role !== "system" && content === "")) return "empty";
  const talk = kept[0]?.role === "system" ? kept.slice(1) : kept;
  const wrong = talk.some(({ role }, at) => role !== (at % 2 === 0 ? "user" : "assistant"));
  return wrong ? "roles" : kept;
}

export const normal = (text: string) =>
  text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

const said = ({ role, content, weight }: ChatMessage) => [
  role,
  normal(content),
  ...(weight === 0 ? [weight] : []),
];

const idOf = (
  messages: readonly ChatMessage[],
  { rejected, bad }: Pick<Chat, "rejected" | "bad">,
) =>
  createHash("sha256")
    .update(JSON.stringify([...messages.map(said), ...(rejected ? [normal(rejected)] : [])]))
    .update(bad ? "bad" : "")
    .digest("hex");

/** By the digest alone, so that a chat stays in its part when others come; few are told off in order. */
function split(chats: readonly Chat[]): Omit<Prepared, "look"> {
  const place = ({ id }: Chat) => Number.parseInt(id.slice(0, 8), 16) / 2 ** 32;
  const sorted = chats.toSorted((a, b) => place(a) - place(b));
  const count = (edge: number) => sorted.filter((one) => place(one) < edge).length;
  const test = Math.max(count(TEST), Math.min(LEAST_HELD, sorted.length));
  const held = Math.max(count(TEST + VALIDATION), test + LEAST_HELD);
  return {
    test: sorted.slice(0, test),
    validation: sorted.slice(test, held),
    train: sorted.slice(held),
  };
}

/**
 * Word for word; by pairs alone (DPO); or by answers that were good or bad each by itself (KTO), which
 * takes pairs apart.
 */
export const METHODS = ["sft", "dpo", "kto"] as const;
export type Method = (typeof METHODS)[number];

function methodOf(chats: readonly Chat[]): Method {
  if (chats.every(({ rejected, bad }) => rejected === undefined && !bad)) return "sft";
  return chats.every(({ rejected }) => rejected !== undefined) ? "dpo" : "kto";
}

const words = ({ messages }: Chat) =>
  normal(messages.map(({ content }) => content).join(" ")).split(" ");

function* grams(list: readonly string[]): Generator<string> {
  for (let at = 0; at + GRAM <= list.length; at++) yield list.slice(at, at + GRAM).join(" ");
}

function gramsOf(chats: readonly Chat[]): ReadonlySet<string> {
  return new Set(chats.flatMap((one) => [...grams(own(one))]));
}

/** What a system prompt says may well be in every chat. */
const own = ({ id, messages }: Chat) =>
  words({ id, messages: messages.filter(({ role }) => role !== "system") });

function nearly(one: Chat, tested: ReadonlySet<string>): boolean {
  for (const gram of grams(own(one))) if (tested.has(gram)) return true;
  return false;
}

interface Seen {
  readonly files: readonly DataFile[];
  readonly found: number;
  readonly skipped: ReadonlyMap<Reason, number>;
  readonly masked: number | null;
  readonly teachers: readonly Provenance[];
}

function lookAt(
  parts: Omit<Prepared, "look">,
  { files, found, skipped, masked, teachers }: Seen,
): Look {
  const all = [...parts.train, ...parts.validation, ...parts.test];
  const messages = all.flatMap((one) => one.messages);
  const answers = messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
  const length = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0);
  const digest = createHash("sha256");
  for (const { id, messages, teacher } of all)
    digest.update(id).update(teacher === undefined ? "" : normal(messages.at(-1)?.content ?? ""));
  const of = (reason: Reason) => skipped.get(reason) ?? 0;
  return {
    digest: digest.digest("hex"),
    files: files.map(({ name, text }) => ({
      name,
      digest: hash("sha256", text, "hex"),
    })),
    ...{ found, masked },
    skipped: {
      ...{ shape: of("shape"), roles: of("roles"), noAnswer: of("noAnswer"), empty: of("empty") },
      ...{ duplicate: of("duplicate"), nearTest: of("nearTest") },
    },
    ...{ train: parts.train.length, validation: parts.validation.length, test: parts.test.length },
    method: methodOf(all),
    pairs: all.filter(({ rejected }) => rejected !== undefined).length,
    bad: all.filter(({ bad }) => bad).length,
    messages: messages.length,
    answerCharacters: length(answers),
    characters: length(messages.map(({ content }) => content)),
    sameAnswers: answers.length - new Set(answers.map(normal)).size,
    languages: languagesOf(all),
    teachers: teachers.map((is, at) => ({
      ...is,
      texts: all.filter(({ teacher }) => teacher === at).length,
    })),
  };
}
