/**
 * Whether the server can be reached and its model can answer. `/readyz` is asked often while
 * something is under way and seldom when all is well; the server is this machine or close to it.
 */
import type { EngineStatus } from "../../../../src/core/engine.ts";
import { createStore } from "../../ui/store.ts";

export interface Status extends EngineStatus {
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
  try {
    // Not ready is 503, with the same body.
    const body = (await (await fetch("/readyz")).json()) as Partial<EngineStatus>;
    if (body.state !== undefined)
      return { model: null, ...body, state: body.state, reachable: true };
  } catch {
    // No answer at all: the state below says so to the reader.
  }
  const { status } = store.get();
  return { state: "failed", model: status?.model ?? null, reachable: false };
}
