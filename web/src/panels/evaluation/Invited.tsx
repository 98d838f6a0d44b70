/** Whoever comes by the link of a study is shown it, once they may see the page. */
import { useEffect } from "react";
import { desk, useDesk } from "../../desk.ts";

const PANEL = "evaluation";

let study = /^#study=([\w-]{1,100})$/.exec(location.hash)?.[1];

export const linkTo = (id: string): string => `${location.origin}/#study=${id}`;

/** Its id, as long as nobody has shown it. */
export const invitation = (): string | undefined => study;

/** It is shown: the next time the panel is as usual. */
export function invited(): void {
  study = undefined;
  history.replaceState(null, "", location.pathname);
}

export function Invited() {
  const there = useDesk(({ offers }) => offers(PANEL));
  useEffect(() => {
    if (there && study !== undefined) desk.open(PANEL);
  }, [there]);
  return null;
}
