/**
 * Looks up, before a turn reaches the engine, what the window will drop: the passages that have to do with
 * the question go before it, and the answer says which they were and how much was left out.
 */
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import type { Belongs } from "../../core/intake.ts";
import type { Part } from "../../core/parts.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Message, Turn } from "../../core/types.ts";
import { languageOf } from "../../finding/words.ts";
import type { Recall } from "./api.ts";
import type { Gone } from "./background.ts";
import type { Lookup } from "./lookup.ts";
import type { Passage, Said } from "./passages.ts";
import type { RecallPolicy } from "./policy.ts";
import { digestOf, type SummaryStore } from "./store.ts";
import { limitOf, type Room, roomFor, surelyFits } from "./window.ts";
import { ORIGIN } from "./write.ts";

export interface StepOptions {
  readonly lookup: Lookup;
  readonly policy: RecallPolicy;
  readonly house: Pick<House, "engines">;
  /** Of the chats' summaries; absent where there are none. */
  readonly store?: Pick<SummaryStore, "of">;
  /** Told once a turn has ended in which messages no longer fitted. */
  looked(gone: Gone): void;
}

/** Asked by Charla itself, about texts that it gives. */
const OWN = ["title", ORIGIN];
/** More passages make answers worse, not better. */
const MOST = 6;
/** A token has about so many characters, or more. */
const CHARACTERS = 2.5;
/** Characters of a passage that the answer keeps; the rest is in the chat. */
const QUOTED = 400;

export function recallStep(options: StepOptions): Step {
  return (turn, next) => {
    const { belongs, origin } = turn;
    const wanted = belongs && !OWN.includes(origin) && (belongs.recall ?? options.policy.lookup);
    return wanted ? recalled(options, turn, next) : next(turn);
  };
}

async function* recalled(options: StepOptions, turn: Turn, next: RunTurn): AsyncGenerator<Delta> {
  const found = await find(options, turn);
  if (!found) return yield* next(turn);
  const { given, recall, told, gone } = found;
  const dropped = turn.messages.length - given.length;
  let begun = false;
  try {
    for await (const delta of next({ ...turn, messages: given })) {
      if (delta.type === "start") {
        const droppedMessages = delta.start.droppedMessages + dropped;
        yield { ...delta, start: { ...delta.start, droppedMessages } };
        continue;
      }
      if (delta.type === "text" && !begun) {
        begun = true;
        // An answer that is gone on with has it already.
        const parts: Part[] = turn.extras?.prefill ? [] : [{ type: "recall", ...recall }, ...told];
        for (const part of parts) yield { type: "text", text: "", part };
      }
      yield delta;
    }
  } catch (thrown) {
    // What comes on top of it further in may be too much; then the window does what it can.
    const long = thrown instanceof CharlaError && thrown.code === "context_length_exceeded";
    if (!long || begun) throw thrown;
    yield* next(turn);
  }
  options.looked(gone);
}

interface Found {
  readonly given: readonly Message[];
  readonly recall: Recall;
  /** The summaries that it was told, too. */
  readonly told: readonly Part[];
  readonly gone: Gone;
}

async function find(options: StepOptions, turn: Turn): Promise<Found | undefined> {
  const { messages, sampling, belongs, extras, signal } = turn;
  if (!belongs) return undefined;
  const smallest = await smallestWindow(options, turn);
  if (surelyFits(messages, limitOf(smallest, sampling.maxTokens))) return undefined;
  const over = new AbortController();
  try {
    const asked = AbortSignal.any([signal, over.signal]);
    const engine = await options.house.engines.get(turn.model, asked);
    const count = (some: readonly Message[]) => engine.countTokens(some, extras);
    const room = await roomFor(turn, engine.card.contextWindow, count);
    if (!room) return undefined;
    const kept = new Set(room.kept);
    const gone = messages.filter((message) => !kept.has(message));
    const said = saidIn(turn).filter(({ of }) => !kept.has(of));
    const question = questionOf(messages);
    const chat = `${belongs.owner}/${belongs.conversation}`;
    const passages = await options.lookup.find(chat, said, question, signal);
    const answers = said.flatMap(({ role, content }) => (role === "assistant" ? [content] : []));
    const summaries = await summariesOf(options, belongs, answers);
    const found = { passages, summaries };
    const { given, taken, told } = await fill(room, found, said, question.text, count);
    return {
      ...{ given, recall: { left: gone.length, passages: taken.map(short) } },
      told: told.map(({ text, of }) => ({ type: "summary", text, of })),
      gone: { belongs, card: engine.card, answers },
    };
  } finally {
    over.abort();
  }
}

/** Those whose answers have all left the window, oldest first. */
async function summariesOf(
  { store, policy }: StepOptions,
  { owner, conversation }: Belongs,
  answers: readonly string[],
): Promise<readonly Told[]> {
  if (!store || !policy.summaries) return [];
  const all = await store.of(owner, conversation);
  if (all.length === 0) return [];
  const gone = new Set(answers.map(digestOf));
  return all.flatMap(({ text, answers }) =>
    text !== "" && answers.every((one) => gone.has(one)) ? [{ text, of: answers.length }] : [],
  );
}

interface Told {
  readonly text: string;
  /** Answers. */
  readonly of: number;
}

/** Tokens; of what is not known, none is certain. */
async function smallestWindow({ house }: StepOptions, { model }: Turn): Promise<number> {
  const cards = await house.engines.list();
  const some = cards.filter(({ id }) => model === undefined || id === model);
  return Math.min(...some.map(({ contextWindow }) => contextWindow), Number.MAX_SAFE_INTEGER);
}

type SaidOf = Said & { readonly of: Message };

/** What people and model have said, with the ids under which it is stored. */
function saidIn({ messages, belongs }: Turn): readonly SaidOf[] {
  const own = messages.filter(
    ({ role, source, toolCallId }) => role !== "system" && !source && !toolCallId,
  );
  return own.map((of, at) => {
    const role = of.role === "assistant" ? "assistant" : "user";
    return { of, role, content: of.content, id: belongs?.messages?.[at] ?? "" };
  });
}

function questionOf(messages: readonly Message[]) {
  const asked = messages.flatMap(({ role, content, source, toolCallId }) =>
    role === "user" && !source && !toolCallId ? [content] : [],
  );
  return { text: asked.at(-1) ?? "", before: asked.slice(0, -1) };
}

/** As many of the best passages as fit, in the order in which they were said. */
async function fill(
  { kept, tokens, limit }: Room,
  { passages, summaries }: { passages: readonly Passage[]; summaries: readonly Told[] },
  said: readonly Said[],
  question: string,
  count: (messages: readonly Message[]) => Promise<number>,
) {
  const place = new Map(said.map(({ id }, at) => [id, at]));
  const best: Passage[] = [];
  let left = (limit - tokens) * CHARACTERS;
  // The newest of them, in half of the room: passages say it in the words that were used.
  const told: Told[] = [];
  let notes = left / 2;
  for (const summary of summaries.toReversed()) {
    notes -= summary.text.length;
    if (notes < 0) break;
    told.unshift(summary);
    left -= summary.text.length;
  }
  for (const passage of passages.slice(0, MOST)) {
    left -= passage.said.reduce((sum, { text }) => sum + text.length + 20, 0);
    if (left < 0) break;
    best.push(passage);
  }
  for (; best.length + told.length > 0; best.length > 0 ? best.pop() : told.shift()) {
    const taken = best.toSorted(
      (a, b) => (place.get(a.message) ?? 0) - (place.get(b.message) ?? 0),
    );
    const given = withPassages(kept, { taken, told }, question);
    if ((await count(given)) <= limit) return { given, taken, told };
  }
  return { given: kept, taken: [], told: [] };
}

/** In the words of who asks: a text with the names of roles would look to the guard like a forged turn. */
const WORDS = {
  en: {
    before: "Earlier in this chat, before the messages above, this was said:",
    user: "I wrote",
    assistant: "You answered",
    notes: "Notes on earlier answers in this chat:",
    now: "My question now:",
  },
  es: {
    before: "Antes en este chat se dijo esto:",
    user: "Yo escribí",
    assistant: "Respondiste",
    notes: "Notas sobre respuestas anteriores de este chat:",
    now: "Mi pregunta ahora:",
  },
};

/** Before the last question, in its language; what stands above stays as the engine has it in memory. */
function withPassages(
  messages: readonly Message[],
  { taken, told }: { readonly taken: readonly Passage[]; readonly told: readonly Told[] },
  question: string,
): readonly Message[] {
  const words = WORDS[languageOf(question) === "es" ? "es" : "en"];
  const texts = taken.map(({ said }) =>
    said.map(({ role, text }) => `${words[role]}: ${text}`).join("\n"),
  );
  const at = messages.findLastIndex(
    ({ role, source, toolCallId }) => role === "user" && !source && !toolCallId,
  );
  return messages.map((message, index) =>
    index === at
      ? {
          ...message,
          content: [
            ...(told.length > 0 ? [words.notes, ...told.map(({ text }) => text)] : []),
            ...(texts.length > 0 ? [words.before, ...texts] : []),
            ...[words.now, message.content],
          ].join("\n\n"),
        }
      : message,
  );
}

const short = ({ message, said }: Passage) => ({
  message,
  said: said.map(({ role, text }) => ({
    role,
    text: text.length > QUOTED ? `${text.slice(0, QUOTED).toWellFormed()}…` : text,
  })),
});
