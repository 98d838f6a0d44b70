/** Files of chats that come in: sent, followed until they are in the list, and told of. */
import type { ImportSeen } from "../../../../src/features/conversations/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";

const BASE = "/api/conversations/imports";
/** Milliseconds between two looks. */
const LOOK_MS = 400;

interface State {
  /** Of the file that is looked at; null while the dialog is closed. */
  readonly name: string | null;
  /** Null while the file is on its way. */
  readonly seen: ImportSeen | null;
  readonly problem: Problem | null;
}

const CLOSED: State = { name: null, seen: null, problem: null };

export const store = createStore<State>(CLOSED);

let leave: AbortController | undefined;

export const isActive = ({ state }: ImportSeen): boolean =>
  ["queued", "running", "paused"].includes(state);

/** Closes the dialog; what has arrived goes on. */
export function close(): void {
  leave?.abort();
  store.set(CLOSED);
}

/** Lets the reader choose a file, and imports it. */
export function chooseFile(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "application/json,application/zip,.json,.zip";
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void take(file);
  };
  input.click();
}

export async function take(file: File): Promise<void> {
  leave?.abort();
  leave = new AbortController();
  const { signal } = leave;
  store.set({ name: file.name, seen: null, problem: null });
  try {
    const path = `${BASE}?name=${encodeURIComponent(file.name.slice(0, 200))}`;
    const headers = { "content-type": "application/octet-stream" };
    const response = await request(path, { method: "POST", headers, body: file, signal });
    await follow((await response.json()) as ImportSeen, signal);
  } catch (thrown) {
    if (!signal.aborted) store.set({ problem: toProblem(thrown) });
  }
}

async function follow(first: ImportSeen, signal: AbortSignal): Promise<void> {
  let seen = first;
  while (!signal.aborted) {
    store.set({ seen });
    if (!isActive(seen)) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    seen = await getJson<ImportSeen>(`${BASE}/${encodeURIComponent(seen.id)}`, signal);
  }
  await desk.refreshList();
}

/** Ends it; the chats that were taken stay. */
export async function cancel({ id }: ImportSeen): Promise<void> {
  await desk.attempt(async () => {
    await sendJson("POST", `/api/jobs/${encodeURIComponent(id)}/cancel`);
  });
}

/** Files that are dropped on the list of chats. */
export function takeDropped(): void {
  const over = ({ target, dataTransfer }: DragEvent) =>
    target instanceof Element && target.closest("aside") && dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (over(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || !over(event)) return;
    event.preventDefault();
    void take(file);
  });
}
