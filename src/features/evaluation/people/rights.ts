/** A person's rights over studies, over the ratings given in those of others, and over thumbs. */
import type { Rights } from "../../../core/rights.ts";
import { exported } from "./report.ts";
import type { StudyStore } from "./store.ts";
import type { ThumbStore } from "./thumbs.ts";

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export function peopleRights(store: StudyStore, thumbs: ThumbStore): Rights {
  return {
    async *collect(person) {
      for (const study of await store.list(person)) {
        if (study.owner !== person) continue;
        const { rows } = await exported(store, person, study.id);
        const answers = await store.answers(study);
        const content = json({ ...study, answers, ratings: rows });
        yield { path: `evaluations/studies/${study.id}.json`, content };
      }
      const ratings = await store.ratingsBy(person);
      if (ratings.length > 0) yield { path: "evaluations/ratings.json", content: json(ratings) };
      const given = await thumbs.list(person);
      if (given.length > 0) yield { path: "evaluations/thumbs.json", content: json(given) };
    },
    async erase(person) {
      const { studies, ratings } = await store.erase(person);
      const count = await thumbs.erase(person);
      return [
        { what: "studies", words: { en: "Studies", es: "Estudios" }, count: studies },
        { what: "ratings", words: { en: "Ratings", es: "Valoraciones" }, count: ratings },
        { what: "thumbs", words: { en: "Thumbs", es: "Pulgares" }, count },
      ];
    },
    async giveTo(from, to) {
      if (from === to) return;
      await store.give(from, to);
      await thumbs.give(from, to);
    },
  };
}
