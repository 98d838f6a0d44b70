/**
 * The images that will go along with the next question of each chat. They stay in this browser until it
 * is asked.
 */
import type { BroughtImage } from "../../../../src/core/parts.ts";
import type { KnownImage, Recognised } from "../../../../src/features/images/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { createStore } from "../../ui/store.ts";
import { showToast } from "../../ui/toast.tsx";
import { isTouch } from "../../ui/useWide.ts";
import { bringing } from "./bringing.ts";
import { type Encoded, encode, forReading } from "./encode.ts";
import { askWays, readText } from "./ways.ts";
import { t } from "./words.ts";

export interface Shot {
  readonly key: string;
  readonly name: string;
  /** As it came. */
  readonly source: Blob;
  /** Null until it was drawn anew. */
  readonly drawn: Encoded | null;
  /** As the server knows it, once it has it. */
  readonly image: KnownImage | null;
  readonly alt: string;
  /** What was read from it, as its person leaves it. */
  readonly text: string;
  readonly found: Recognised | null;
  readonly reading: boolean;
  readonly problem: Problem | null;
}

/** An image of a message that is looked at. */
export interface Kept {
  readonly digest: string;
  readonly name: string;
  readonly alt: string;
  readonly text: string;
}

const NEW = "";
export const shots = createStore<{
  readonly byChat: Readonly<Record<string, readonly Shot[]>>;
  /** What is looked at: the key of one of these, or one that was sent. */
  readonly look: string | Kept | null;
  readonly camera: boolean;
}>({ byChat: {}, look: null, camera: false });

export const shotsOf = (chat: string | null): readonly Shot[] =>
  shots.get().byChat[chat ?? NEW] ?? [];

function put(chat: string | null, list: readonly Shot[]): void {
  shots.set({ byChat: { ...shots.get().byChat, [chat ?? NEW]: list } });
}

export function change(key: string, to: Partial<Shot>): void {
  for (const [chat, list] of Object.entries(shots.get().byChat))
    if (list.some((one) => one.key === key))
      put(
        chat,
        list.map((one) => (one.key === key ? { ...one, ...to } : one)),
      );
}

export const find = (key: string): Shot | undefined =>
  Object.values(shots.get().byChat)
    .flat()
    .find((one) => one.key === key);

/** What the browser can draw, and nothing that is a document. */
export const isImage = ({ type }: Blob): boolean =>
  /^image\/(jpeg|png|webp|gif|avif|bmp)$/.test(type);

/** Takes images for the open chat. */
export function add(list: Iterable<File>): void {
  const added = [...list].map((source): Shot => {
    const named = /^(image|blob)?(\.\w+)?$/i.test(source.name) ? t("image.pasted") : source.name;
    return {
      ...{ key: crypto.randomUUID(), name: named, source, drawn: null, image: null },
      ...{ alt: "", text: "", found: null, reading: false, problem: null },
    };
  });
  put(desk.chatId, [...shotsOf(desk.chatId), ...added]);
  void askWays();
  for (const { key, source } of added)
    void encode(source).then(
      (drawn) => change(key, { drawn }),
      () => change(key, { problem: unreadable() }),
    );
}

const unreadable = (): Problem => ({
  ...{ code: "image_unreadable", retryable: false, params: {} },
  ...{ message: t("image.unreadable"), hint: t("image.unreadable.hint") },
});

export function remove(key: string): void {
  for (const [chat, list] of Object.entries(shots.get().byChat))
    put(
      chat,
      list.filter((one) => one.key !== key),
    );
}

export function choose(): void {
  pick({ type: "file", multiple: true, accept: "image/*" });
}

/** By the camera of a phone, which has a program for it, or by that of this computer. */
export function photograph(): void {
  if (isTouch()) pick({ type: "file", accept: "image/*", capture: "environment" });
  else shots.set({ camera: true });
}

function pick(about: Pick<Partial<HTMLInputElement>, "type" | "multiple" | "accept" | "capture">) {
  const input = Object.assign(document.createElement("input"), about);
  input.onchange = () => add(input.files ?? []);
  input.click();
}

/** Has the text on an image read, for its person to look through. */
export async function read(key: string): Promise<void> {
  const shot = find(key);
  if (!shot || shot.reading) return;
  change(key, { reading: true, problem: null });
  try {
    const { signal } = new AbortController();
    const found = await readText(await forReading(shot.source), signal);
    change(key, { found, text: found.text });
  } catch (thrown) {
    change(key, { problem: toProblem(thrown) });
  }
  change(key, { reading: false });
}

async function send(shot: Shot): Promise<void> {
  if (shot.image || !shot.drawn) return;
  const headers = { "content-type": "application/octet-stream" };
  const reply = await request("/api/images", { method: "POST", headers, body: shot.drawn.blob });
  change(shot.key, { image: (await reply.json()) as KnownImage });
}

bringing.images = () =>
  shotsOf(desk.chatId).flatMap(({ image, name, alt, text }): BroughtImage[] => {
    if (!image) return [];
    const [described, read] = [alt.trim(), text.trim()];
    return [
      {
        ...{ type: "image", ...image, name: name.slice(0, 300) },
        ...(described && { alt: described }),
        ...(read && { text: read }),
      },
    ];
  });

bringing.taken = (files) => {
  const gone = new Set(files.flatMap((one) => (one.type === "image" ? [one.digest] : [])));
  for (const [chat, list] of Object.entries(shots.get().byChat))
    put(
      chat,
      list.filter(({ image }) => !image || !gone.has(image.digest)),
    );
};

/** A question waits until its images are drawn, and on the server. */
bringing.mayGo = async () => {
  const chat = desk.chatId;
  const waiting = () => shotsOf(chat).some(({ drawn, problem }) => !drawn && !problem);
  while (waiting())
    await new Promise<void>((resolve) => {
      const stop = shots.subscribe(() => {
        stop();
        resolve();
      });
    });
  if (shotsOf(chat).some(({ drawn }) => !drawn)) {
    showToast({ text: t("image.refused") });
    return false;
  }
  await Promise.all(shotsOf(chat).map(send));
  return true;
};
