/**
 * The texts of a user on their way in: each is given to the features that may change it, before
 * anything stores it or a model sees it.
 */
import type { Kit } from "../../core/feature.ts";
import { type Incoming, takeIn } from "../../core/intake.ts";
import type { Conversation, Settings } from "./api.ts";
import { messageEmpty } from "./errors.ts";

export type Whose = Pick<Incoming, "owner" | "conversation" | "privacy">;

/** @throws CharlaError `message_empty` when nothing is left */
export async function takeQuestion(kit: Kit, whose: Whose, content: string): Promise<string> {
  const text = await takeIn(kit, { ...whose, kind: "message", text: content });
  if (text === "") throw messageEmpty();
  return text;
}

export const takeTitle = (kit: Kit, whose: Whose, text: string) =>
  takeIn(kit, { ...whose, kind: "title", text });

/** By their own wish for privacy. */
export async function takeSettings(kit: Kit, whose: Whose, settings: Settings): Promise<Settings> {
  const { systemPrompt: text, privacy } = settings;
  if (text === undefined) return settings;
  const systemPrompt = await takeIn(kit, { ...whose, privacy, kind: "system", text });
  return { ...settings, systemPrompt };
}

/** All that a conversation says which somebody has brought along. */
export async function takeConversation(
  kit: Kit,
  owner: string,
  one: Conversation,
): Promise<Conversation> {
  const whose = { owner, conversation: one.id, privacy: one.settings.privacy };
  const take = (text: string) => takeIn(kit, { ...whose, kind: "import", text });
  const messages: Conversation["messages"] = [];
  for (const each of one.messages) messages.push({ ...each, content: await take(each.content) });
  const settings = await takeSettings(kit, whose, one.settings);
  return { ...one, title: await take(one.title), settings, messages };
}
