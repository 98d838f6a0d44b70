/** A person's rights over the own jobs. */
import type { Rights } from "../core/rights.ts";
import type { JobStore } from "./store.ts";

/**
 * @param end ends what runs for a person, for good or to be gone on with
 * @param load goes on with what a person has
 */
export function rightsOf(
  store: JobStore,
  end: (person: string, how: "gone" | "queued") => Promise<void>,
  load: (person: string) => Promise<void>,
): Rights {
  return {
    async *collect(person) {
      const jobs = await store.of(person, Number.MAX_SAFE_INTEGER);
      if (jobs.length === 0) return;
      const known = jobs.map(({ place, deaths, ...job }) => job);
      yield { path: "jobs/jobs.json", content: `${JSON.stringify(known, null, 2)}\n` };
    },
    async erase(person) {
      await end(person, "gone");
      return [
        { what: "jobs", words: { en: "Jobs", es: "Tareas" }, count: await store.erase(person) },
      ];
    },
    async giveTo(from, to) {
      if (from === to) return;
      await end(from, "queued");
      await store.give(from, to);
      await load(to);
    },
  };
}
