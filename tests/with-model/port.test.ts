/** The engine suite over the embedded engine with the real starter model. */
import { startLlama } from "../../src/engines/llama/index.ts";
import { engineSuite } from "../unit/engines/port.ts";
import { starterModel } from "./model.ts";

engineSuite("llama", async () => ({
  engine: await startLlama({ path: starterModel(), id: "starter", name: "Starter" }),
}));
