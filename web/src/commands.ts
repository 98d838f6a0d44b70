/** What can be done from here, as lines to choose from: the page's own, and those of the rooms. */
import { titleOf } from "./chats/ListItem.tsx";
import { pin } from "./chats/list.ts";
import { open } from "./chats/open.ts";
import { archive, ask, LIST_ITEMS, remove } from "./chats/shelf.ts";
import { desk, furnished, offered } from "./desk.ts";
import type { Command, Item } from "./room.ts";

/** For who sits here now, in the open chat. */
export function commands(): readonly Command[] {
  const rooms = furnished();
  const panels = offered();
  const of = (group: Command["group"], items: readonly Item[]): Command[] =>
    items.filter((item) => item.offered?.(desk) ?? true).map((item) => ({ ...item, group }));
  return [
    ...of("actions", [NEW_CHAT]),
    ...rooms.flatMap((room) => room.commands?.(desk) ?? []),
    ...of("chat", chatItems()),
    ...panels.map(({ name, icon, label, place }): Command => {
      const group = place === "chat" ? "chat" : "settings";
      return { group, icon, label, run: () => desk.open(name) };
    }),
    ...of("actions", LIST_ITEMS.first),
    ...of(
      "actions",
      rooms.flatMap(({ listMenu }) => listMenu ?? []),
    ),
    ...of("actions", LIST_ITEMS.last),
  ];
}

const NEW_CHAT: Item = {
  icon: "plus",
  label: { en: "New chat", es: "Nuevo chat" },
  run: () => void open(null).then(() => desk.write(desk.draft)),
};

/** What is in the menu of the open chat. */
function chatItems(): readonly Item[] {
  const { chat, temporary } = desk;
  if (!chat || temporary) return [];
  const { id, pinned, archived } = chat;
  const item = (icon: Item["icon"], en: string, es: string, run: () => void): Item => ({
    ...{ icon, label: { en, es }, run },
  });
  const more = furnished().flatMap(({ chatMenu }) => chatMenu ?? []);
  return [
    pinned
      ? item("pin", "Unpin this chat", "Dejar de fijar este chat", () => void pin(id, false))
      : item("pin", "Pin this chat", "Fijar este chat", () => void pin(id, true)),
    item("edit", "Rename this chat", "Renombrar este chat", () =>
      ask({ about: "rename", chat: id, title: titleOf(chat) }),
    ),
    item("folder", "Move this chat to a folder", "Mover este chat a una carpeta", () =>
      ask({ about: "move", chats: [id] }),
    ),
    archived
      ? item(
          "archive",
          "Bring this chat back",
          "Recuperar este chat",
          () => void archive([id], false),
        )
      : item("archive", "Archive this chat", "Archivar este chat", () => void archive([id], true)),
    ...more
      .filter((one) => one.offered?.(desk) ?? true)
      .map((one) => ({ ...one, run: () => one.run(id, desk) })),
    {
      ...item("trash", "Delete this chat", "Eliminar este chat", () => void remove([id])),
      danger: true,
    },
  ];
}
