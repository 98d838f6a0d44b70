/** The catalogue and what is on the machine, live while somebody looks. */
import type { LengthsReply } from "../../../../src/features/evaluation/api.ts";
import type { Adapter, Model, Models } from "../../../../src/features/models/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { browser } from "../../ui/storage.ts";
import { createStore } from "../../ui/store.ts";
import { whileVisible } from "../../ui/visible.ts";

export type { Adapter, Model, Models };
export type Length = Pick<LengthsReply["items"][number], "measured" | "tried">;

interface State {
  readonly models: Models | null;
  /** Ids of the models of another server, where there is no library. */
  readonly others: readonly string[];
  /** Id of the model that was asked for to be used, until its use was told. */
  readonly wanted: string | null;
  /** By the digest of a model's file: up to which length it finds what stands in its window. */
  readonly lengths: ReadonlyMap<string, Length>;
  /** Whether the reader has closed the advice to get a better one. */
  readonly advised: boolean;
  readonly problem: Problem | null;
}

/** In the browser's storage. */
const ADVISED = "charla.starter-closed";

export const store = createStore<State>({
  models: null,
  others: [],
  wanted: null,
  lengths: new Map(),
  advised: browser.recall(ADVISED) !== null,
  problem: null,
});

/** A server without a library has the models of another server. */
export const hasLibrary = () => desk.has("models") && desk.fact("models", "library") !== false;

/** Once, when the panel is opened: they are measured seldom. */
export async function readLengths(): Promise<void> {
  if (!desk.has("evaluation")) return;
  const { items } = await getJson<LengthsReply>("/api/evaluations/lengths");
  store.set({ lengths: new Map(items.map((one) => [one.digest, one])) });
}

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
  while (hasLibrary()) {
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
    const path = `/api/models/${encodeURIComponent(id)}${rest}`;
    const model = await sendJson<Model | undefined>(method, path);
    const { models } = store.get();
    if (!models || !model?.id) return;
    const list = models.models.map((one) => (one.id === model.id ? model : one));
    const current = rest === "/use" ? model.id : models.current;
    store.set({ models: { ...models, current, models: list } });
  } catch (thrown) {
    store.set({ problem: toProblem(thrown) });
  }
}

export const pull = (id: string) => act("POST", id, "/pull");
export const get = (id: string) => {
  store.set({ wanted: id });
  const { model, adapter: _, ...rest } = desk.settings;
  if (model) void desk.saveSettings(rest);
  return act("POST", id, "/pull?use=true");
};
export const giveUp = (id: string) => {
  store.set({ wanted: null });
  return cancel(id);
};
export function closeAdvice(): void {
  browser.remember(ADVISED, "1");
  store.set({ advised: true });
}
export const cancel = (id: string) => act("DELETE", id, "/pull");
export const use = (id: string) => act("POST", id, "/use");
export const remove = (id: string) => act("DELETE", id, "");

/** Adapters that fit a model, the current one when it has no id. */
export function useAdapters(id: string | undefined): readonly Adapter[] {
  const models = store.use((state) => state.models);
  const model = id ?? models?.current ?? "";
  return (models?.adapters ?? []).filter((adapter) => adapter.models.includes(model));
}

let reading: Promise<void> | undefined;

/** Reads the models, if there are any; what fails is tried again by the next who asks. */
export function refreshModels(): Promise<void> {
  // The status banner says it when the server is away.
  reading ??= read()
    .catch(() => {})
    .finally(() => {
      reading = undefined;
    });
  return reading;
}

async function read(): Promise<void> {
  if (hasLibrary()) return store.set({ models: await getJson<Models>("/api/models") });
  if (!desk.has("openai")) return;
  const { data } = await getJson<{ data: { id: string }[] }>("/v1/models");
  store.set({ others: data.map(({ id }) => id) });
}

/** States of a model whose file is on the machine. */
export const HERE: ReadonlySet<Model["state"]> = new Set(["ready", "loading", "loaded"]);

type Choice = Pick<Model, "id" | "name">;

/** The models that can answer now, the one that does so by default first. */
export function choices(): readonly Choice[] {
  const { models, others } = store.get();
  if (!models) return others.map((id) => ({ id, name: id }));
  const here = models.models.filter(({ state }) => HERE.has(state));
  return here.toSorted((a, b) => Number(b.id === models.current) - Number(a.id === models.current));
}

/** The name of a model, and its id where nobody tells one. */
export function nameOf(id: string | null): string | null {
  const { server } = desk;
  const known = store.get().models?.models.find((one) => one.id === id)?.name;
  return known ?? (id === server?.model ? server.name : null) ?? id;
}

/** Id of the model that answers in the open chat. */
export const modelHere = (): string | null =>
  desk.settings.model ?? store.get().models?.current ?? desk.server?.model ?? null;

/**
 * Has another model answer. Who is alone here switches it for all chats that name none; where there
 * are others, or the chat has one of its own, it is a setting of the open chat.
 */
export async function switchTo(id: string): Promise<void> {
  const { settings, person, administers } = desk;
  const { models } = store.get();
  if (models && administers && person === null && !settings.model) {
    await use(id);
    // The bar names the new one.
    desk.look();
    return;
  }
  const fits = models?.adapters.find(({ id }) => id === settings.adapter)?.models.includes(id);
  const { model: _model, adapter, ...rest } = settings;
  await desk.saveSettings({
    ...rest,
    ...(id !== models?.current && { model: id }),
    ...(fits && adapter && { adapter }),
  });
}

/** How far a model is on its way into memory, in percent. */
export const percentOf = ({ loading }: Pick<Model, "loading">) => Math.floor(100 * (loading ?? 0));
