/** What is taken along: the engine and models, how far each is, and how it is fetched and removed. */
import type { OfflineReply } from "../../../../src/features/offline/api.ts";
import { failure, type Problem, toProblem } from "../../chat/problem.ts";
import { getJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { trusted } from "../../ui/trusted.ts";
import * as database from "./database.ts";
import { removeFile, sizeOf } from "./files.ts";
import { setTaken } from "./here.ts";
import type { Task, Told } from "./take.worker.ts";
import workerUrl from "./take.worker.ts?worker&url";
import { t } from "./words.ts";

/** Of the engine or a model, as the server has described it. */
export interface Part {
  readonly kind: "engine" | "model";
  readonly digest: string;
  readonly bytes: number;
  /** Of a model. */
  readonly id: string;
  readonly name: string;
  readonly quantisation: string;
  readonly contextWindow: number;
  /** All bytes are here, and their digest was compared. */
  readonly whole: boolean;
}

interface State {
  /** What the server offers; null until it has said. */
  readonly offer: OfflineReply | null;
  /** Here, or on the way. */
  readonly parts: readonly Part[];
  /** Bytes that have arrived, by digest, of those that are not whole. */
  readonly received: Readonly<Record<string, number>>;
  /** Digests of those that are being fetched. */
  readonly under: readonly string[];
  readonly problem: Problem | null;
}

export const store = createStore<State>({
  ...{ offer: null, parts: [], received: {}, under: [], problem: null },
});
const { get, set } = store;

const workers = new Map<string, Worker>();

/** Reads what is here. */
export async function look(): Promise<void> {
  const parts = await database.all<Part>("parts");
  const sizes = await Promise.all(
    parts.map(async (one) => [one.digest, await sizeOf(one.digest)] as const),
  );
  // The browser may have taken its room back.
  const there = parts.filter(({ digest, bytes, whole }) => {
    const size = sizes.find(([of]) => of === digest)?.[1] ?? 0;
    return !whole || size === bytes;
  });
  for (const one of parts) if (!there.includes(one)) await database.remove("parts", one.digest);
  set({ parts: there, received: { ...Object.fromEntries(sizes), ...get().received } });
  tellTaken();
}

/** Asks the server what there is. */
export async function ask(): Promise<void> {
  set({ offer: await getJson<OfflineReply>("/api/offline") });
}

const tellTaken = () => setTaken(isReady(get()));

/** Whether a model can answer here. */
export const isReady = ({ parts }: Pick<State, "parts">) =>
  parts.some(({ kind, whole }) => kind === "engine" && whole) && modelsHere(parts).length > 0;

export const modelsHere = (parts: readonly Part[]) =>
  parts.filter(({ kind, whole }) => kind === "model" && whole);

/** Fetches what is missing for a model: the page's own files, the engine, the model. */
export async function take(id: string): Promise<void> {
  const { offer } = get();
  const model = offer?.models.find((one) => one.id === id);
  if (!offer || !model) return;
  set({ problem: null });
  try {
    // Asked for once it is clear why: browsers remove first what nobody wanted to keep.
    await navigator.storage.persist?.().catch(() => false);
    await keepPage();
    const { digest, bytes, version } = offer.engine;
    const engine = { kind: "engine", id: "", name: `wllama ${version}`, digest, bytes } as const;
    const one = { ...model, kind: "model" } as const;
    await fetchPart({ ...engine, quantisation: "", contextWindow: 0 }, "/api/offline/engine");
    await fetchPart(one, `/api/offline/models/${encodeURIComponent(id)}`);
  } catch (thrown) {
    if (thrown !== STOPPED) set({ problem: toProblem(thrown) });
  }
  tellTaken();
}

const STOPPED = new Error("stopped by the reader");

async function fetchPart(part: Omit<Part, "whole">, url: string): Promise<void> {
  const { digest, bytes, kind, id, name, quantisation, contextWindow } = part;
  const plain = { kind, digest, bytes, id, name, quantisation, contextWindow };
  if (get().parts.some((one) => one.digest === digest && one.whole)) return;
  if (workers.has(digest)) return;
  await note({ ...plain, whole: false });
  const told = await inWorker({ url, digest, bytes });
  if ("refused" in told) throw failure(told.refused as Problem);
  if (!("end" in told) || told.end === "stopped") throw STOPPED;
  if (told.end === "whole") return note({ ...plain, whole: true });
  throw wrong(told.end, name);
}

async function note(part: Part): Promise<void> {
  await database.put("parts", part.digest, part);
  set({ parts: [...get().parts.filter(({ digest }) => digest !== part.digest), part] });
}

function inWorker(task: Task): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const worker = new Worker(trusted(workerUrl), { type: "module" });
  const { digest } = task;
  workers.set(digest, worker);
  set({ under: [...get().under, digest] });
  worker.onerror = () => reject(wrong("failed", ""));
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ("received" in data) set({ received: { ...get().received, [digest]: data.received } });
    else resolve(data);
  };
  worker.postMessage(task);
  return promise.finally(() => {
    worker.terminate();
    workers.delete(digest);
    set({ under: get().under.filter((one) => one !== digest) });
    void sizeOf(digest).then((size) => set({ received: { ...get().received, [digest]: size } }));
  });
}

/** Stops what is being fetched; what has arrived stays, to be gone on with. */
export function stop(): void {
  for (const worker of workers.values()) worker.postMessage("stop");
}

/** Removes a model, and with the last one the engine. */
export async function removeModel(digest: string): Promise<void> {
  const others = get().parts.filter((one) => one.kind === "model" && one.digest !== digest);
  const engine = others.length === 0 ? get().parts.filter(({ kind }) => kind === "engine") : [];
  for (const one of [digest, ...engine.map((part) => part.digest)]) {
    await removeFile(one);
    await database.remove("parts", one);
    set({
      parts: get().parts.filter((part) => part.digest !== one),
      received: { ...get().received, [one]: 0 },
    });
  }
  tellTaken();
}

/** The files of the page that answering needs, which a visit alone would not load. */
async function keepPage(): Promise<void> {
  const list = "/offline-files.json";
  const cache = await caches.open("charla-page");
  const reply = await fetch(list);
  if (!reply.ok) throw wrong("offline", "");
  await cache.addAll((await reply.clone().json()) as string[]);
  await cache.put(list, reply);
}

const wrong = (why: "full" | "offline" | "wrong" | "failed", name: string) =>
  failure({
    code: `offline_${why}`,
    message: t(`take.no.${why}`, { name }),
    hint: t(`take.no.${why}.hint`),
    ...{ retryable: true, params: {} },
  });
