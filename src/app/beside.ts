/**
 * A chat by way of the server that has the data folder, if one runs: its model is in memory already,
 * and a second one would take as much again.
 */
import type { ErrorBody } from "../core/errors.ts";
import type { RunTurn } from "../core/turn.ts";
import type { Delta, ModelCard } from "../core/types.ts";
import { errorOf, eventsOf, remade, type Server, serverAt, told } from "./asking.ts";

export interface Beside {
  readonly run: RunTurn;
  /** The models that it can ask, and the id of the one that answers when none is named. */
  readonly models: readonly Named[];
  readonly current: string | undefined;
}

export type Named = Pick<ModelCard, "id" | "name">;

/** How long a server may take to say what it has, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * @param url of the server
 * @throws whatever keeps it from being asked: it is gone, it wants an account
 */
export async function openBeside(url: string): Promise<Beside> {
  const server = serverAt(url);
  const ask = async <Reply>(path: string) => {
    const response = await server.send("GET", path, AbortSignal.timeout(PATIENCE_MS));
    // It says 503 while its model is being loaded, and who it is all the same.
    if (!response.ok && response.status !== 503) throw await errorOf(response);
    return (await response.json()) as Reply;
  };
  const { data } = await ask<{ data: { id: string }[] }>("/v1/models");
  const { model } = await ask<{ model: string | null }>("/readyz");
  // Where the models are files of its own, they have names, and one is the current before it is loaded.
  const library = await ask<{ current: string; models: Named[] }>("/api/models").catch(() => null);
  const nameOf = (id: string) => library?.models.find((one) => one.id === id)?.name ?? id;
  const models = data.map(({ id }) => ({ id, name: nameOf(id) }));
  return { run: runOver(server), models, current: library?.current ?? model ?? undefined };
}

function runOver(server: Server): RunTurn {
  return async function* ({ messages, sampling, model, signal }) {
    const plain = messages.map(({ role, content }) => ({ role, content }));
    const { seed, ...rest } = sampling;
    const wish = { messages: plain, sampling: { ...rest, ...(seed !== undefined && { seed }) } };
    const body = { ...wish, ...(model && { model }) };
    try {
      const response = await server.send("POST", "/api/chat", signal, body);
      if (!response.ok) throw await errorOf(response);
      for await (const event of eventsOf<Delta | { error: ErrorBody }>(response)) {
        if ("error" in event) throw remade(event.error, response.status);
        yield event;
      }
    } catch (thrown) {
      throw told(thrown);
    }
  };
}
