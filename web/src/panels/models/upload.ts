/** A model's file on its way from the browser to the server, piece by piece. */
import type { Model } from "../../../../src/features/models/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { createStore } from "../../ui/store.ts";
import { showToast } from "../../ui/toast.tsx";
import { hasLibrary, refreshModels, use } from "./store.ts";
import { t } from "./words.ts";

/** Bytes at a time: half of what the server takes, so that it shows how far it is. */
const PIECE = 16 * 2 ** 20;

interface Upload {
  readonly file: File;
  /** Bytes that are there. */
  readonly sent: number;
  readonly problem: Problem | null;
}
export const uploads = createStore<{ upload: Upload | null }>({ upload: null });
const { get, set } = uploads;

let leaving = new AbortController();

const pathOf = ({ name }: File) => `/api/models/files/${encodeURIComponent(name)}`;
const isModel = ({ name }: File) => /\.gguf$/i.test(name);
const mayBring = () => desk.administers && hasLibrary();

/** Sends a file, or what is left of it. */
export async function send(file: File, from = 0): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const put = (change: Partial<Upload>) => {
    const { upload } = get();
    if (!signal.aborted) set({ upload: { file, sent: from, problem: null, ...upload, ...change } });
  };
  put({ file, sent: from, problem: null });
  try {
    for (let at = from; ; ) {
      const query = new URLSearchParams({ at: String(at), total: String(file.size) });
      const init = {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body: file.slice(at, at + PIECE),
        signal,
      };
      const reply = await request(`${pathOf(file)}?${query}`, init);
      const { received, model } = (await reply.json()) as { received: number; model: Model | null };
      at = received;
      put({ sent: at });
      if (at < file.size) continue;
      set({ upload: null });
      await refreshModels();
      const action = model && { label: t("models.use"), run: () => void use(model.id) };
      const name = model?.name ?? file.name;
      showToast({ text: t("add.here", { name }), ...(action && { action }) });
      return;
    }
  } catch (thrown) {
    put({ problem: toProblem(thrown) });
  }
}

/** Goes on after something went wrong. */
export function resume(): void {
  const { upload } = get();
  if (upload) void send(upload.file, upload.sent);
}

/** Ends it, and removes what has come. */
export function giveUpload(): void {
  const { upload } = get();
  leaving.abort();
  set({ upload: null });
  if (upload) void desk.attempt(async () => void (await request(pathOf(upload.file), DELETE)));
}
const DELETE = { method: "DELETE" } as const;

export function chooseModelFile(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".gguf";
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void send(file);
  };
  input.click();
}

/** Model files that are dropped anywhere; for others there is a word of why not. */
export function takeDroppedModels(): void {
  const files = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
  // What is dropped on the list or on a place for files is its own matter, unless it is a model.
  const onList = ({ target }: DragEvent) =>
    target instanceof Element && target.closest("aside, [data-drops]") !== null;
  const listen = (name: "dragover" | "drop", listener: (event: DragEvent) => void) =>
    document.addEventListener(name, listener, { capture: true });
  listen("dragover", (event) => {
    if (files(event)) event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData ?? {};
    // Programs for tables and texts put a picture beside the text, which is what was meant.
    const refused = files?.length && !types?.includes("text/plain") && !event.defaultPrevented;
    if (refused) showToast({ text: t("add.refused") });
  });
  listen("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || event.defaultPrevented) return;
    const taken = isModel(file) && mayBring();
    if (!taken && onList(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!taken) return showToast({ text: t("add.refused") });
    desk.open("models");
    void send(file);
  });
}
