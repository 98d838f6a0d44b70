/** The engine suite over the embedded engines with the real starter model. */
import { engineSuite } from "../unit/engines/port.ts";
import { starterModel } from "./model.ts";
import { clone, product } from "./start.ts";

for (const { engine, start } of [clone, product]) {
  engineSuite(engine, async () => ({ engine: await start(starterModel()) }));
}
