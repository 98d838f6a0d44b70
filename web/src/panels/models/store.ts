/** The catalogue and what is on the machine, live while somebody looks. */
import { useEffect } from "react";
import type { Model, Models } from "../../../../src/features/models/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

export type { Model, Models };

export const store = createStore<{ models: Models | null; problem: Problem | null }>({
  models: null,
  problem: null,
});

const PAUSE_MS = 2000;

/** Keeps the store up to date until the signal is aborted. */
export async function watchModels(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      store.set({ models: await getJson<Models>("/api/models", signal), problem: null });
      const events = readEvents<Models>(await request("/api/models/events", { signal }));
      for await (const models of events) store.set({ models });
    } catch (thrown) {
      if (signal.aborted) return;
      store.set({ problem: toProblem(thrown) });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function act(method: string, id: string, rest: string): Promise<void> {
  try {
    store.set({ problem: null });
    const model = await sendJson<Model | undefined>(
      method,
      `/api/models/${encodeURIComponent(id)}${rest}`,
    );
    const { models } = store.get();
    if (!models || !model?.id) return;
    const list = models.models.map((one) => (one.id === model.id ? model : one));
    store.set({ models: { ...models, models: list } });
  } catch (thrown) {
    store.set({ problem: toProblem(thrown) });
  }
}

export const pull = (id: string) => act("POST", id, "/pull");
export const cancel = (id: string) => act("DELETE", id, "/pull");
export const use = (id: string) => act("POST", id, "/use");
export const remove = (id: string) => act("DELETE", id, "");

/** The name of a model that is known by its id; the id where there is no catalogue. */
export function useModelName(id: string | null): string | null {
  const name = store.use(({ models }) => models?.models.find((one) => one.id === id)?.name);
  useEffect(() => {
    if (id === null || store.get().models) return;
    // A server without a catalogue has no names to give, and the id will do.
    getJson<Models>("/api/models").then(
      (models) => store.set({ models }),
      () => {},
    );
  }, [id]);
  return name ?? id;
}
