/**
 * Rights: what people may ask for what is stored of them. Everything in one archive, everything
 * erased, and nothing kept longer than the organisation's policy says. Each feature says in its
 * `rights` what is a person's; this one asks them all.
 */
import { openable } from "../../core/feature.ts";
import { DAY_MS } from "../../core/time.ts";
import { Eraser } from "./erase.ts";
import { rightsPolicy } from "./policy.ts";
import { expire } from "./retention.ts";
import { closedWhileErased, routes } from "./routes.ts";

export const rights = openable({
  name: "rights",
  policy: { section: "retention", schema: rightsPolicy },
  open(house) {
    const eraser = new Eraser(house);
    return {
      routes: routes(eraser, house),
      layers: () => [closedWhileErased(eraser)],
      every: [
        { ms: DAY_MS, failed: "an erasure is not finished", run: () => eraser.resume() },
        { ms: DAY_MS, failed: "what is too old stays", run: () => expire(house) },
      ],
      afterRestore: (takenAt) => eraser.again(takenAt),
    };
  },
});
