/** The engine suite over the engines that need no weights. */
import { only } from "../../../src/core/engine.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { serve } from "../core/serve.ts";
import { engineSuite } from "./port.ts";

const NUMBERS = Array.from({ length: 400 }, (_, index) => `number ${index + 1},`).join(" ");
const script = { tokenMs: 1, reply: () => NUMBERS };

engineSuite("scripted", async () => ({ engine: scripted(script) }));

// A closed loop: the client of OpenAI-compatible servers talks to our own one.
engineSuite("remote", async () => {
  const served = await serve(only(scripted(script)));
  const engines = remote({ url: served.url });
  const engine = await engines.get(undefined, new AbortController().signal);
  return { engine, dispose: async () => served[Symbol.asyncDispose]() };
});
