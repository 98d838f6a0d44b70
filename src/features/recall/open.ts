/**
 * What the feature does once it is opened: a step around every turn of a chat that is stored, and behind
 * it, in the background, vectors and summaries of what has left the window.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type House, openable } from "../../core/feature.ts";
import type { Rights } from "../../core/rights.ts";
import { type Gone, summariseGone } from "./background.ts";
import { Lookup } from "./lookup.ts";
import { type RecallPolicy, recallPolicy } from "./policy.ts";
import { checkKind, routesOf } from "./routes.ts";
import { recallStep } from "./step.ts";
import { SummaryStore } from "./store.ts";
import { migrations } from "./tables.ts";

/** Milliseconds after which it is looked again whether somebody is answered. */
const LOOK_MS = 500;

export const recall = openable({
  name: "recall",
  policy: { section: "recall", schema: recallPolicy },
  migrations,
  open(house: House<RecallPolicy>) {
    const { policy, db, vault, engines, others, log, run, intake } = house;
    const lookup = new Lookup((...asked) => others.embed(...asked));
    const store = new SummaryStore(db, vault);
    const stopping = new AbortController();
    const { signal } = stopping;
    const quiet = async () => {
      const busy = () => engines.loads?.().some(({ busy, queued }) => busy + queued > 0);
      while (busy() && !signal.aborted) await sleep(LOOK_MS, undefined, { ref: false });
    };
    /** The newest of each chat; one after the other. */
    const waiting = new Map<string, Gone>();
    const behind = async () => {
      await lookup.learn(quiet, signal);
      for (const [chat, gone] of waiting) {
        waiting.delete(chat);
        if (policy.summaries && !signal.aborted)
          await summariseGone({ store, run, intake, quiet }, gone, signal);
      }
    };
    let working: Promise<void> | undefined;
    const looked = (gone: Gone) => {
      waiting.set(`${gone.belongs.owner}/${gone.belongs.conversation}`, gone);
      working ??= behind()
        .catch((thrown) => {
          if (!signal.aborted) log("nothing was made of what has left the window", thrown);
        })
        .finally(() => {
          working = undefined;
        });
    };
    const kind = checkKind(store, house);
    return {
      facts: { lookup: policy.lookup, summaries: policy.summaries },
      steps: [recallStep({ lookup, policy, house, store, looked })],
      routes: routesOf({ store, kind, house }),
      jobs: [kind],
      rights: rightsOf(store),
      async forgetConversations(ids) {
        lookup.forget();
        waiting.clear();
        await store.forget(ids);
      },
      copyConversation: (copy) => store.copy(copy),
      async stop() {
        stopping.abort();
        await working;
      },
    };
  },
});

const rightsOf = (store: SummaryStore): Rights => ({
  async *collect(person) {
    const items = (await store.of(person)).filter(({ text }) => text !== "");
    if (items.length === 0) return;
    yield { path: "recall/summaries.json", content: `${JSON.stringify(items, null, 2)}\n` };
  },
  erase: async (person) => [
    {
      what: "summaries",
      words: { en: "Summaries of long chats", es: "Resúmenes de chats largos" },
      count: await store.erase(person),
    },
  ],
  giveTo: (from, to) => store.giveTo(from, to),
});
