/** What can be done with images here: which models see, and whether the text on images can be read. */
import type { Recognised, Ways } from "../../../../src/features/images/api.ts";
import { request } from "../../chat/problem.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

/** Null until it was asked. */
export const ways = createStore<{ readonly now: Ways | null }>({ now: null });

/** Asked anew for each image: models are switched, and tesseract may have been installed. */
export async function askWays(): Promise<void> {
  const now = await getJson<Ways>("/api/images").catch(() => null);
  if (now) ways.set({ now });
}

/** Whether a chat's model does not see; false while nobody knows. @param model the server's when absent */
export function isBlind(now: Ways | null, model = now?.model): boolean {
  return now !== null && (!model || !now.sees.includes(model));
}

export async function readText(image: Blob, signal: AbortSignal): Promise<Recognised> {
  const headers = { "content-type": "application/octet-stream" };
  const reply = await request("/api/images/text", { method: "POST", headers, body: image, signal });
  return reply.json() as Promise<Recognised>;
}
