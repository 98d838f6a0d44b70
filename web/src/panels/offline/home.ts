/**
 * Chats that were written without a server go home once it is back. The server knows each by its id and
 * by what it holds: one that comes twice is there once, and one that has grown takes the place of
 * what it was. A chat stays here until the server says that it has it.
 */

import type { State } from "../../../../src/features/accounts/api.ts";
import type { ImportSeen } from "../../../../src/features/conversations/api.ts";
import { request, toProblem } from "../../chat/problem.ts";
import { getJson } from "../../ui/json.ts";
import { chatsOf, drop, type OfflineChat } from "./chats.ts";

const IMPORTS = "/api/conversations/imports";
/** Milliseconds between two looks. */
const LOOK_MS = 300;

/** The format in which Charla exports chats. */
export const fileOf = (chats: readonly OfflineChat[]) => ({
  ...{ format: "charla.conversations", version: 1, exportedAt: new Date().toISOString() },
  conversations: chats.map((chat) => ({
    ...{ ...chat, titleSource: "first-words", pinned: false },
    currentId: chat.messages.at(-1)?.id ?? null,
    // Half of an answer is one that was cut.
    messages: chat.messages.map((one) =>
      one.status === "running" ? { ...one, status: "interrupted" } : one,
    ),
  })),
});

/**
 * @returns ids of the chats that are at home now
 * @throws failure what the server says
 */
export function sendHome(who: string): Promise<readonly string[]> {
  // Another tab may be at it.
  return navigator.locks.request("charla-offline-home", async () => {
    const chats = await chatsOf(who);
    if (chats.length === 0 || (await whoMayAsk()) !== who) return [];
    await takeIn(chats);
    const now = new Map((await chatsOf(who)).map((chat) => [chat.id, JSON.stringify(chat)]));
    // Unless somebody has gone on with it meanwhile: then all of it goes the next time.
    const home = chats.filter((chat) => now.get(chat.id) === JSON.stringify(chat));
    for (const { id } of home) await drop(id);
    return home.map(({ id }) => id);
  });
}

/** Whose the chats would be: of who is signed in now, perhaps in another tab. */
export async function whoMayAsk(): Promise<string | null> {
  try {
    const { mode, person } = await getJson<State>("/api/account/state");
    return mode === "solo" ? "solo" : (person?.id ?? null);
  } catch (thrown) {
    if (toProblem(thrown).code === "not_found") return "solo"; // without the feature
    throw thrown;
  }
}

async function takeIn(chats: readonly OfflineChat[]): Promise<void> {
  const headers = { "content-type": "application/octet-stream" };
  const body = JSON.stringify(fileOf(chats));
  const reply = await request(`${IMPORTS}?name=offline`, { method: "POST", headers, body });
  let seen = (await reply.json()) as ImportSeen;
  while (["queued", "running", "paused"].includes(seen.state)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    seen = await getJson<ImportSeen>(`${IMPORTS}/${encodeURIComponent(seen.id)}`);
  }
  const { added, renewed, known } = seen.report;
  if (seen.state === "done" && added + renewed + known === chats.length) return;
  throw new Error(`the chats were not taken in: ${seen.state}`, { cause: seen.error ?? undefined });
}
