/**
 * Downloads a model in a process of its own, so that a test can kill it.
 * Arguments, as JSON: the data folder, the hub, the model.
 */
import type { CatalogueModel } from "../../../src/engines/library/catalogue.ts";
import type { Hub } from "../../../src/engines/library/hub.ts";
import { pull } from "../../../src/engines/library/pull.ts";
import { Store } from "../../../src/engines/library/store.ts";

const [home, hub, model] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  string,
  Hub,
  CatalogueModel,
];
try {
  await pull(model, {
    store: new Store(home),
    hub,
    signal: new AbortController().signal,
    onProgress: ({ received }) => console.log(received),
  });
  console.log("done");
} catch (thrown) {
  console.log((thrown as { code?: string }).code ?? thrown);
}
