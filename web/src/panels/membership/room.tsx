import { lazy } from "react";
import type { Room } from "../../room.ts";
import { browser } from "../../ui/storage.ts";
import { key } from "./key.ts";

export const room: Room = {
  name: "membership",
  needs: "provenance",
  // Who has no secret loads nothing of it.
  along: async () => (browser.recall(key()) === null ? {} : (await import("./along.ts")).along()),
  panels: [
    {
      name: "membership",
      label: { en: "Anonymous proofs", es: "Pruebas anónimas" },
      icon: "shield",
      place: "trust",
      offered: ({ fact }) => fact("provenance", "membership") === true,
      Panel: lazy(() => import("./MembershipPanel.tsx")),
    },
  ],
};
