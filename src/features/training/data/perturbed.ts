/**
 * Adversarial training: a copy of each question, written carelessly, with its answer unchanged. Families of
 * changes that it learns from are parted from others, which are only measured: what it gains on those it has
 * not learned by heart. The test set is never learned from, changed or not.
 */
import { type Copy, copiesOf, type Recipe } from "../../../core/perturb.ts";
import { random } from "../../../core/statistics.ts";
import type { Chat, ChatMessage } from "./chat.ts";
import { languageOf } from "./languages.ts";

/** Of these so many chats are measured, each in a copy by every family of its language. */
const PROBED = 40;

/** @returns a copy of each chat, but of those that none of the families changes */
export function perturbedChats(
  chats: readonly Chat[],
  families: readonly Recipe[],
  seed: number,
): readonly Chat[] {
  if (families.length === 0) return [];
  return chats.flatMap((chat) => {
    const fitting = copies(chat, seed).filter(({ recipe }) => families.includes(recipe));
    const next = random(seedOf(chat, seed + 1));
    const chosen = fitting[Math.floor(next() * fitting.length)];
    if (!chosen) return [];
    const id = `${chat.id}-${chosen.recipe}`;
    // What a teacher finds likely, it does behind the question as it was.
    const { likely: _, ...rest } = chat as Chat & { likely?: unknown };
    return [{ ...rest, id, messages: asked(chat.messages, chosen.text) }];
  });
}

/** A question of the test set, changed, before its answer. */
export interface Probe {
  /** Of the chat among those of the test set. */
  readonly at: number;
  /** By a family that was learned from. */
  readonly seen: boolean;
  readonly messages: readonly ChatMessage[];
}

/** @returns none where nothing was learned from changed questions */
export function probesOf(
  test: readonly Chat[],
  families: readonly Recipe[],
  seed: number,
): readonly Probe[] {
  if (families.length === 0) return [];
  return test.slice(0, PROBED).flatMap((chat, at) =>
    copies(chat, seed).map(({ recipe, text }) => ({
      ...{ at, seen: families.includes(recipe) },
      messages: asked(chat.messages, text),
    })),
  );
}

function copies(chat: Chat, seed: number): readonly Copy[] {
  const question = chat.messages.findLast(({ role }) => role === "user")?.content ?? "";
  const language = languageOf(chat) === "es" ? "es" : "en";
  return copiesOf(question, language, seedOf(chat, seed));
}

const seedOf = ({ id }: Chat, seed: number) => (Number.parseInt(id.slice(0, 7), 16) || 0) + seed;

/** With another last question; the answers before it were learned from the chat itself. */
function asked(messages: readonly ChatMessage[], question: string): ChatMessage[] {
  const at = messages.findLastIndex(({ role }) => role === "user");
  return messages.map((one, place) => {
    if (place === at) return { ...one, content: question };
    return place < at && one.role === "assistant" ? { ...one, weight: 0 as const } : one;
  });
}
