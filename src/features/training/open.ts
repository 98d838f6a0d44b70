/** Training in a house: its tables, and what it stores of people. */
import { openable } from "../../core/feature.ts";
import { rightsOf } from "./rights.ts";
import { RunStore } from "./store.ts";
import { migrations } from "./tables.ts";

export const training = openable({
  name: "training",
  migrations,
  open({ db, vault, settings: { home } }) {
    const store = new RunStore(db, vault);
    return { rights: rightsOf(store, home), start: () => store.settle() };
  },
});
