import { lazy } from "react";
import type { Room } from "../../room.ts";
import { isOffered, load, store } from "./store.ts";

export const room: Room = {
  name: "sharing",
  store,
  // Where it cannot be asked, nothing is offered.
  start: () => void load().catch(() => store.set({ sharing: null })),
  panels: [
    {
      name: "support",
      label: { en: "Shared for support", es: "Chats que te dejan leer" },
      icon: "share",
      place: "list",
      offered: ({ person }) => person?.role === "administrator",
      Panel: lazy(() => import("./SupportPanel.tsx")),
    },
    {
      name: "share",
      label: { en: "Share this chat", es: "Compartir este chat" },
      icon: "share",
      place: "chat",
      offered: ({ branch, temporary }) => !temporary && branch.length > 0 && isOffered(store.get()),
      Panel: lazy(() => import("./ShareDialog.tsx")),
    },
  ],
  chatMenu: [
    {
      icon: "share",
      label: { en: "Share…", es: "Compartir…" },
      offered: () => isOffered(store.get()),
      run: (chat, desk) => void desk.show(chat).then(() => desk.open("share")),
    },
  ],
  pages: [{ path: /^\/shared$/, Page: lazy(() => import("./SharedPage.tsx")) }],
};
