/** The engine out of what was taken along. */
import { type LocalModel, loadModel } from "../../chat/local/client.ts";
import { openFile } from "./files.ts";
import type { Part } from "./parts.ts";

/** The most that is kept in memory of a chat, in tokens, whatever a model could. */
const MAX_CONTEXT = 8192;

export const contextOf = ({ contextWindow }: Part): number => Math.min(contextWindow, MAX_CONTEXT);

export interface Engine extends LocalModel {
  readonly model: Part;
}

/** @throws failure */
export async function startEngine(engine: Part, model: Part): Promise<Engine> {
  const [code, file] = await Promise.all(
    [engine, model].map(async ({ digest }) => (await openFile(digest)).getFile()),
  );
  if (!code?.size || !file?.size) throw new Error("the browser has removed what was taken along");
  const loaded = await loadModel({
    ...{ engine: code, model: file, contextTokens: contextOf(model) },
  });
  return { ...loaded, model };
}
