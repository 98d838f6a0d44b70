/** The engine suite over the engine that needs neither weights nor a server. */
import { scripted } from "../../../src/engines/scripted.ts";
import { engineSuite } from "./port.ts";
import { script } from "./script.ts";

engineSuite("scripted", async () => ({ engine: scripted(script) }));
