/** The catalogue and what is on the machine, live while somebody looks. */
import { useEffect } from "react";
import type { Adapter, Model, Models } from "../../../../src/features/models/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { whileVisible } from "../../ui/visible.ts";

export type { Adapter, Model, Models };

interface State {
  readonly models: Models | null;
  readonly problem: Problem | null;
  /** False for a server without a library: its models are another server's. */
  readonly library: boolean;
}

export const store = createStore<State>({ models: null, problem: null, library: true });

const PAUSE_MS = 2000;

/** Keeps the store up to date until the signal is aborted. */
export async function watchModels(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const seen = await whileVisible(signal);
    try {
      store.set({ models: await getJson<Models>("/api/models", seen), problem: null });
      const events = readEvents<Models>(await request("/api/models/events", { signal: seen }));
      for await (const models of events) store.set({ models });
    } catch (thrown) {
      if (seen.aborted) continue;
      store.set({ problem: toProblem(thrown) });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Most questions are answered before it is worth asking what they wait for. */
const LOADING_MS = 700;

/** Asks how far the models are until the signal is aborted; a stream would hold a connection. */
export async function watchLoading(signal: AbortSignal): Promise<void> {
  while (store.get().library) {
    await new Promise((resolve) => setTimeout(resolve, LOADING_MS));
    if (signal.aborted) return;
    if (document.visibilityState === "hidden") continue;
    // What is wrong with the server, the question itself will be told.
    const models = await getJson<Models>("/api/models", signal).catch(() => null);
    if (models) store.set({ models });
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

/** Adapters that fit a model, the current one when it has no id. */
export function useAdapters(id: string | undefined): readonly Adapter[] {
  const models = store.use((state) => state.models);
  const model = id ?? models?.current ?? "";
  return (models?.adapters ?? []).filter((adapter) => adapter.models.includes(model));
}

/** Reads the models again, if there are any. */
export async function refreshModels(): Promise<void> {
  if (!store.get().models) return readNames();
  const models = await getJson<Models>("/api/models").catch(() => null);
  if (models) store.set({ models });
}

let reading = false;

/** Without a library there are no names, and the ids will do; so they will if this fails. */
async function readNames(): Promise<void> {
  if (reading || !store.get().library) return;
  reading = true;
  try {
    // Asking the reference first spares the browser's log a 404 at every visit.
    const { paths } = await getJson<{ paths: object }>("/openapi.json");
    const library = "/api/models" in paths;
    store.set({ library });
    if (library) store.set({ models: await getJson<Models>("/api/models") });
  } catch {
    // The status banner says it when the server is away.
  } finally {
    reading = false;
  }
}

/** The name of a model that is known by its id; the id where there is no catalogue. */
export function useModelName(id: string | null): string | null {
  const name = store.use(({ models }) => models?.models.find((one) => one.id === id)?.name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed is tried again for a new id
  useEffect(() => {
    if (!store.get().models) void readNames();
  }, [id]);
  return name ?? id;
}
