/** The files that will go along with the next question of each chat: on their way, read, or refused. */
import type { Brought } from "../../../../src/core/parts.ts";
import type { KnownFile } from "../../../../src/features/knowledge/api.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { showToast } from "../../ui/toast.tsx";
import { bringing } from "./bringing.ts";
import { upload } from "./upload.ts";
import { t } from "./words.ts";

export interface Chip {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** What the browser has; absent for one of the server's. */
  readonly source: File | undefined;
  /** Bytes that are there. */
  readonly sent: number;
  /** As the server knows it, once it has it. */
  readonly file: KnownFile | null;
  readonly problem: Problem | null;
}

const NEW = "";
/** By chat. */
export const chips = createStore<{
  readonly byChat: Readonly<Record<string, readonly Chip[]>>;
  /** A question waits for them. */
  readonly held: boolean;
}>({ byChat: {}, held: false });

const here = () => desk.chatId ?? NEW;
export const chipsOf = (chat: string | null): readonly Chip[] =>
  chips.get().byChat[chat ?? NEW] ?? [];

function put(chat: string, list: readonly Chip[]): void {
  chips.set({ byChat: { ...chips.get().byChat, [chat]: list } });
}

function change(key: string, to: Partial<Chip>): void {
  for (const [chat, list] of Object.entries(chips.get().byChat))
    if (list.some((one) => one.key === key))
      put(
        chat,
        list.map((one) => (one.key === key ? { ...one, ...to } : one)),
      );
}

const find = (key: string): Chip | undefined =>
  Object.values(chips.get().byChat)
    .flat()
    .find((one) => one.key === key);

/** At once on their way; others wait for them. */
const TOGETHER = 2;
const leaving = new Map<string, AbortController>();
const waiting: string[] = [];

/** Takes files for the open chat. */
export function add(list: Iterable<File>): void {
  const added = [...list].map((source): Chip => {
    const key = crypto.randomUUID();
    return {
      ...{ key, source, name: source.name || t("file.pasted"), size: source.size },
      ...{ sent: 0, file: null, problem: null },
    };
  });
  put(here(), [...chipsOf(desk.chatId), ...added]);
  for (const { key } of added) begin(key);
}

/** One that the server has already. */
export function addKnown(file: KnownFile): void {
  if (chipsOf(desk.chatId).some((one) => one.file?.id === file.id)) return;
  const chip: Chip = {
    ...{ key: crypto.randomUUID(), source: undefined, name: file.name, size: file.bytes },
    ...{ sent: file.bytes, file, problem: null },
  };
  put(here(), [...chipsOf(desk.chatId), chip]);
}

function begin(key: string): void {
  waiting.push(key);
  next();
}

function next(): void {
  while (leaving.size < TOGETHER) {
    const key = waiting.shift();
    if (key === undefined) return;
    void bring(key);
  }
}

async function bring(key: string): Promise<void> {
  const chip = find(key);
  if (!chip?.source) return;
  const abort = new AbortController();
  leaving.set(key, abort);
  try {
    const file = await upload(chip.source, chip.name, abort.signal, (sent) =>
      change(key, { sent }),
    );
    change(key, { file, sent: chip.size });
    leaving.delete(key);
    next();
    await watch(key, file);
  } catch (thrown) {
    if (!abort.signal.aborted) change(key, { problem: toProblem(thrown) });
  } finally {
    leaving.delete(key);
    next();
  }
}

const LOOK_MS = 600;

/** Until the server has read it. */
async function watch(key: string, from: KnownFile): Promise<void> {
  for (let file = from; file.state === "waiting" || file.state === "reading"; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (!find(key)) return;
    file = await getJson<KnownFile>(`/api/files/${file.id}`);
    change(key, { file });
  }
}

export function remove(key: string): void {
  leaving.get(key)?.abort();
  const at = waiting.indexOf(key);
  if (at >= 0) waiting.splice(at, 1);
  for (const [chat, list] of Object.entries(chips.get().byChat))
    put(
      chat,
      list.filter((one) => one.key !== key),
    );
}

/** Once more, from where it has failed. */
export function again(key: string): void {
  const chip = find(key);
  if (!chip) return;
  change(key, { problem: null, ...(chip.file ? {} : { sent: 0 }) });
  if (!chip.file) begin(key);
  else void readAgain(key, chip.file.id);
}

const readAgain = (key: string, id: string) =>
  desk.attempt(async () => {
    const file = await sendJson<KnownFile>("POST", `/api/files/${id}/read`);
    change(key, { file });
    await watch(key, file);
  });

export const hasFailed = ({ problem, file }: Chip): boolean =>
  problem !== null || file?.state === "failed";

export function choose(): void {
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
  input.onchange = () => add(input.files ?? []);
  input.click();
}

bringing.files = () =>
  chipsOf(desk.chatId).flatMap((chip): Brought[] => {
    const { file } = chip;
    if (!file || hasFailed(chip)) return [];
    const { name, digest, media, bytes } = file;
    return [{ type: "file", name, digest, media, bytes }];
  });

bringing.taken = (files) => {
  const gone = new Set(files.map(({ digest }) => digest));
  for (const [chat, list] of Object.entries(chips.get().byChat))
    put(
      chat,
      list.filter(({ file }) => !file || !gone.has(file.digest)),
    );
};

/** A question waits until its files are on the server, which waits until they are read. */
bringing.mayGo = async () => {
  const chat = desk.chatId;
  const arriving = () => chipsOf(chat).some((chip) => !chip.file && !chip.problem);
  if (arriving()) {
    chips.set({ held: true });
    await new Promise<void>((resolve) => {
      const stop = chips.subscribe(() => {
        if (arriving()) return;
        stop();
        resolve();
      });
    });
    chips.set({ held: false });
  }
  if (!chipsOf(chat).some(hasFailed)) return true;
  showToast({ text: t("file.refused") });
  return false;
};
