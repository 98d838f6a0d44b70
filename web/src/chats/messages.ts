/** What is done with single messages of the open chat, and the lines of their menus. */
import { t } from "../chat/language.ts";
import type { Both, MessageItem } from "../room.ts";
import { asSeen } from "../ui/reveal.ts";
import { showToast } from "../ui/toast.tsx";
import type { ChatMessage } from "./api.ts";
import * as api from "./api.ts";
import { titleOf } from "./ListItem.tsx";
import { refreshList } from "./list.ts";
import { open, putMessages, reload } from "./open.ts";
import { attempt, edit, store } from "./store.ts";
import { isTemporary, removeTemporary, saveTemporaryVersion } from "./temporary.ts";
import { branchTo } from "./tree.ts";

const { get, set } = store;

/** Keeps what the reader has made of an answer beside it, and shows it. */
export async function saveVersion(answer: ChatMessage, content: string): Promise<void> {
  if (!isTemporary(get())) return void (await storeVersion(answer, content));
  edit(null);
  saveTemporaryVersion(answer, content);
}

const storeVersion = (answer: ChatMessage, content: string) =>
  inOpenChat(async (chat) => {
    const version = await api.saveVersion(chat, answer.id, content);
    const { chat: now } = get();
    if (now?.id !== chat) return;
    edit(null);
    putMessages(version);
    set({ chat: { ...(get().chat ?? now), currentId: version.id } });
  });

function removeFrom(message: ChatMessage): void {
  if (!isTemporary(get())) return void removeStored(message);
  const { count, undo } = removeTemporary(message);
  const text = t("message.deleted", { n: count });
  showToast({ text, action: { label: t("undo"), run: undo } });
}

const removeStored = (message: ChatMessage) =>
  inOpenChat(async (chat) => {
    const { id, count } = await api.removeMessage(chat, message.id);
    await reload();
    const restore = async () => {
      await api.restoreMessage(chat, id);
      if (get().openId === chat) await reload();
    };
    showToast({
      text: t("message.deleted", { n: count }),
      action: { label: t("undo"), run: () => void attempt(restore) },
    });
  });

const fork = (answer: ChatMessage) =>
  inOpenChat(async (chat) => {
    const title = t("fork.title", { title: titleOf(get().chat ?? { title: "" }) });
    const { id } = await api.fork(chat, answer.id, title);
    await open(id);
    await refreshList();
    showToast({ text: t("fork.done") });
  });

/** Stores a chat that was stored nowhere, up to an answer. */
const keep = (answer: ChatMessage) =>
  attempt(async () => {
    const { chat } = get();
    if (!chat) return;
    const { snippet: _, archived: __, folderId: ___, ...rest } = chat;
    const messages = [...branchTo(chat.messages, answer.id)];
    const [question] = messages;
    const title = question?.content.slice(0, TITLE) ?? "";
    const id = await api.keep({
      ...{ ...rest, title, titleSource: "first-words", messages, currentId: answer.id },
    });
    await open(id);
    await refreshList();
    showToast({ text: t("keep.done") });
  });

/** Characters. */
const TITLE = 50;

const inOpenChat = (action: (chat: string) => Promise<void>) =>
  attempt(async () => {
    const { openId } = get();
    if (openId !== null) await action(openId);
  });

const EDIT: Both = { en: "Edit this answer", es: "Editar esta respuesta" };
const FORK: Both = { en: "New chat from here", es: "Chat nuevo desde aquí" };
const KEEP: Both = { en: "Keep as a chat up to here", es: "Guardar como chat hasta aquí" };
const DELETE = {
  question: { en: "Delete from here on", es: "Eliminar desde aquí" },
  version: { en: "Delete this version", es: "Eliminar esta versión" },
  both: { en: "Delete with its question", es: "Eliminar con su pregunta" },
} as const satisfies Readonly<Record<string, Both>>;

/**
 * In the menu under a message.
 *
 * @param versions messages that stand in its place
 */
export function messageItems(message: ChatMessage, versions: number): readonly MessageItem[] {
  const { id, role, content } = message;
  const item = (icon: MessageItem["icon"], label: Both, run: () => void): MessageItem => ({
    ...{ beside: "more", icon, label, run },
  });
  const remove = (label: Both): MessageItem => ({
    ...item("trash", label, () => removeFrom(message)),
    danger: true,
  });
  if (role === "user") return [remove(DELETE.question)];
  return [
    item("edit", EDIT, () => edit({ id, text: asSeen(content) })),
    isTemporary(get())
      ? item("download", KEEP, () => void keep(message))
      : item("branch", FORK, () => void fork(message)),
    remove(versions === 1 ? DELETE.both : DELETE.version),
  ];
}
