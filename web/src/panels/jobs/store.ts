/** The jobs as the server has them: live while somebody looks, now and then for the badge. */
import type { JobItem, JobReply, JobsReply } from "../../../../src/features/jobs/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { createStore } from "../../ui/store.ts";
import { whileVisible } from "../../ui/visible.ts";

export type { JobItem, JobReply };

interface State {
  /** Newest first; null until they were read. */
  readonly items: readonly JobItem[] | null;
  readonly problem: Problem | null;
}

export const store = createStore<State>({ items: null, problem: null });

const PAUSE_MS = 2000;
/** The badge is in no hurry, and a stream would hold a connection. */
const BADGE_MS = 15_000;
const PATH = "/api/jobs";

export const isActive = ({ endedAt }: JobItem) => endedAt === null;

/** Keeps the store up to date until the signal is aborted. */
export async function watchJobs(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const seen = await whileVisible(signal);
    try {
      const events = readEvents<JobsReply>(await request(`${PATH}/events`, { signal: seen }));
      for await (const { items } of events) store.set({ items });
    } catch (thrown) {
      if (seen.aborted) continue;
      store.set({ problem: toProblem(thrown) });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Looks now and then while somebody is here. */
export async function watchBadge(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (document.visibilityState === "visible" && desk.panel !== "jobs") {
      // What is wrong with the server, its own banner says.
      const reply = await getJson<JobsReply>(PATH, signal).catch(() => null);
      if (reply) store.set({ items: reply.items });
    }
    // What is under way ends soon, and is not to stand there for long after that.
    const pause = store.get().items?.some(isActive) ? PAUSE_MS : BADGE_MS;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function act(work: () => Promise<unknown>): Promise<void> {
  store.set({ problem: null });
  try {
    await work();
    store.set({ items: (await getJson<JobsReply>(PATH)).items });
  } catch (thrown) {
    store.set({ problem: toProblem(thrown) });
  }
}

export const cancel = (id: string) => act(() => sendJson("POST", `${PATH}/${id}/cancel`));
export const resume = (id: string) => act(() => sendJson("POST", `${PATH}/${id}/resume`));
export const remove = (id: string) => act(() => sendJson("DELETE", `${PATH}/${id}`));
export const logOf = (id: string) => getJson<JobReply>(`${PATH}/${id}`);
