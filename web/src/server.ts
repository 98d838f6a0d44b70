/**
 * The server as the page knows it: what it has, whether it can be reached, and whether its model
 * can answer. `/readyz` is asked often while something is under way and seldom when all is well;
 * the server is this machine or close to it.
 */
import type { Features, Readiness } from "../../src/features/api/open.ts";
import { getJson } from "./ui/json.ts";
import { createStore } from "./ui/store.ts";

export interface Status extends Pick<Readiness, "state" | "model" | "name" | "progress" | "error"> {
  readonly reachable: boolean;
}

interface Server {
  /** Null until it was asked. */
  readonly status: Status | null;
  /** Its features with the small facts that they tell; null until it has told. */
  readonly features: Features | null;
}

const SOON_MS = 1000;
const LATER_MS = 15_000;

export const store = createStore<Server>({ status: null, features: null });

let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks now, and again as long as the page is open. */
export async function checkStatus(): Promise<void> {
  clearTimeout(timer);
  if (!store.get().features) void readFeatures();
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
    return {
      state: "failed",
      model: status?.model ?? null,
      name: status?.name ?? null,
      ...unreachable,
    };
  }
}

let reading: Promise<void> | undefined;

/** Asked once, and again only if that came to nothing. */
function readFeatures(): Promise<void> {
  reading ??= getJson<Features>("/api/features")
    .then((features) => store.set({ features }))
    .catch(() => {
      reading = undefined;
    });
  return reading;
}
