/**
 * The texts of a user on their way in: each is given to the features that may change it, before
 * anything stores it or a model sees it.
 */
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import type { Belongs } from "../../core/intake.ts";
import { type BroughtImage, type Brought as File, type Part, withTexts } from "../../core/parts.ts";
import { pauses } from "../../core/slices.ts";
import type { Conversation, Settings } from "./api.ts";
import { messageEmpty } from "./errors.ts";
import type { Brought } from "./staging.ts";

/** What of the house they need. */
export type Inlet = Pick<House, "intake" | "others">;

/** @throws CharlaError `message_empty` when nothing is left */
export async function takeQuestion<
  Asked extends {
    readonly content: string;
    readonly parts?: readonly (File | BroughtImage)[] | undefined;
  },
>(house: Pick<House, "intake">, whose: Belongs, asked: Asked): Promise<Asked> {
  const content = await house.intake({ ...whose, kind: "message", text: asked.content });
  if (content === "") throw messageEmpty();
  if (!asked.parts) return { ...asked, content };
  const parts: Part[] = [];
  for (const part of asked.parts) {
    // What was read from an image is a text like any other.
    const kind = part.type === "image" ? "message" : "title";
    parts.push(await withTexts(part, (text) => house.intake({ ...whose, kind, text })));
  }
  return { ...asked, content, parts };
}

export const takeTitle = (house: Pick<House, "intake">, whose: Belongs, text: string) =>
  house.intake({ ...whose, kind: "title", text });

/** By their own wish for privacy. */
export async function takeSettings(
  house: Pick<House, "intake">,
  whose: Belongs,
  settings: Settings,
): Promise<Settings> {
  const { systemPrompt, privacy, assistant } = settings;
  const take = (kind: "system" | "title", text: string) =>
    house.intake({ ...whose, privacy, kind, text });
  return {
    ...settings,
    ...(systemPrompt !== undefined && { systemPrompt: await take("system", systemPrompt) }),
    ...(assistant && {
      assistant: { ...assistant, name: (await take("title", assistant.name)).slice(0, 100) },
    }),
  };
}

/** All that a conversation says which somebody has brought along. */
export async function takeConversation(
  house: Inlet,
  owner: string,
  one: Brought,
): Promise<Brought> {
  const whose = { owner, conversation: one.id, privacy: one.settings.privacy };
  const pause = pauses();
  const take = async (text: string) => {
    await pause();
    return house.intake({ ...whose, kind: "import", text });
  };
  const messages: Conversation["messages"] = [];
  for (const { parts = [], ...each } of one.messages) {
    const content = await take(each.content);
    const taken: Part[] = [];
    for (const part of parts)
      taken.push(await stored(house, whose, unlabelled(await withTexts(part, take))));
    messages.push({ ...each, content, ...(taken.length > 0 && { parts: taken }) });
  }
  // Which tools and files a chat may use is for its person to say, and for no file.
  const { tools: _, collections: __, ...settings } = await takeSettings(house, whose, one.settings);
  const folder = one.folder === undefined ? undefined : await take(one.folder);
  return { ...one, title: await take(one.title), folder, settings, messages };
}

/** An image whose bytes a file brings along is kept like one of a question; without them it is missing. */
async function stored({ others }: Inlet, { owner, conversation }: Belongs, part: Part) {
  if (part.type !== "image") return part;
  const { data, ...rest } = part;
  if (data === undefined) return rest;
  try {
    const images = others.images();
    const image = await images?.take(owner, conversation, Buffer.from(data, "base64"));
    return { ...rest, ...image };
  } catch (thrown) {
    // The chat is worth more than an image that is none.
    if (thrown instanceof CharlaError) return rest;
    throw thrown;
  }
}

/** What a file says of where a text comes from is not believed: it counts as whatever it can be. */
function unlabelled(part: Part): Part {
  if (part.type !== "result") return part;
  const { labels: _, ...rest } = part;
  return rest;
}
