/** Signing in to a server of tools: the way there, and what has come of it when the browser is back. */
import type { ServerShown, SignInReply } from "../../../../src/features/tools/api.ts";
import { sendJson } from "../../ui/json.ts";
import { tab } from "../../ui/storage.ts";

/** The path on which somebody was. */
const FROM = "charla.sign-in-from";

export const PATH = "/api/tools/servers";
export const at = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** Leaves the page, in the same tab: a phone has no other, and the way back leads here. */
export async function goTo(server: string): Promise<void> {
  const { url } = await sendJson<SignInReply>("POST", `${at(server)}/sign-in`);
  tab.remember(FROM, location.pathname);
  location.assign(url);
}

let pending: Promise<ServerShown> | undefined;

/** Once, what has come of the sign-in that the browser is back from. */
export function arrival(): Promise<ServerShown> | undefined {
  const one = pending;
  pending = undefined;
  return one;
}

/** Takes what was brought out of the address, where it would stay in the history. @returns the open chat's id */
export function comeBack(): string | null {
  const brought = new URLSearchParams(location.search);
  const from = tab.recall(FROM) ?? "/";
  tab.remember(FROM, null);
  history.replaceState(null, "", from);
  const some = ["state", "code", "error", "iss"].flatMap((name) => {
    const value = brought.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  // Without it nothing was brought: the door was in between.
  if (brought.has("state"))
    pending = sendJson<ServerShown>("POST", "/api/tools/signed-in", Object.fromEntries(some));
  return /^\/c\/([^/]+)$/.exec(from)?.[1] ?? null;
}
