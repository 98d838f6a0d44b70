/**
 * Whether the server can be reached and its model can answer. `/readyz` is asked often while
 * something is under way and seldom when all is well; the server is this machine or close to it.
 */
import type { Readiness } from "../../../../src/features/api/index.ts";
import { createStore } from "../../ui/store.ts";

export interface Status extends Pick<Readiness, "state" | "model" | "progress" | "error"> {
  readonly reachable: boolean;
}

const SOON_MS = 1000;
const LATER_MS = 15_000;

export const store = createStore<{ status: Status | null }>({ status: null });

let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks now, and again as long as the page is open. */
export async function checkStatus(): Promise<void> {
  clearTimeout(timer);
  const status = await ask();
  store.set({ status });
  clearTimeout(timer);
  timer = setTimeout(checkStatus, status.state === "ready" ? LATER_MS : SOON_MS);
}

async function ask(): Promise<Status> {
  const { status } = store.get();
  const unreachable = { progress: null, error: null, reachable: false } as const;
  try {
    // Not ready is 503, with the same body.
    const readiness = (await (await fetch("/readyz")).json()) as Readiness;
    return { ...readiness, reachable: true };
  } catch {
    return { state: "failed", model: status?.model ?? null, ...unreachable };
  }
}
