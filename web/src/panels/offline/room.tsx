/** The page opens where the server cannot be reached, can be installed, and answers by itself with what was taken along. */
import { lazy, Suspense } from "react";
import { useDesk } from "../../desk.ts";
import type { Room } from "../../room.ts";
import { isTaken, setWho, whoIsHere } from "./here.ts";

const Returning = lazy(() => import("./Away.tsx"));

/** Nothing is loaded for whoever has taken nothing along. */
function Taken({ always = false }: { readonly always?: boolean }) {
  useDesk(({ server }) => server?.reachable);
  return isTaken() ? (
    <Suspense>
      <Returning always={always} />
    </Suspense>
  ) : null;
}

export const room: Room = {
  name: "offline",
  start: () => void import("./begin.ts").then(({ begin }) => begin()),
  Banner: Taken,
  Away: () => <Taken always />,
  pages: [{ path: /^\/offline$/, Page: lazy(() => import("./OfflinePage.tsx")) }],
  panels: [
    {
      name: "take-along",
      label: { en: "Take along", es: "Llevar conmigo" },
      icon: "download",
      place: "page",
      offered: (desk) => desk.fact("offline", "models") === true || isTaken(),
      Panel: lazy(() => import("./TakePanel.tsx")),
    },
  ],
  forget(erased) {
    const who = whoIsHere();
    // At once: the page is about to be left.
    setWho(null);
    // Of who signs out it waits, sealed, until the same person is here again.
    if (who !== null && erased) void import("./chats.ts").then(({ forget }) => forget(who));
  },
};
