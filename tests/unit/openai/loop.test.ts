/** A closed loop: the engine that asks OpenAI-compatible servers, on our own one. */
import { only } from "../../../src/core/engine.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { serve } from "../core/serve.ts";
import { engineSuite } from "../engines/port.ts";
import { script } from "../engines/script.ts";

engineSuite("remote", async () => {
  const served = await serve(only(scripted(script)), [openai]);
  const engines = remote({ url: served.url });
  const engine = await engines.get(undefined, new AbortController().signal);
  return { engine, dispose: async () => served[Symbol.asyncDispose]() };
});
