/**
 * The clone in a browser tab: the page is the minimal one, and what it asks the server is answered beside it, by
 * llama.cpp as WebAssembly. Once both files are here, no server is needed. `npm run minimal:browser` serves it.
 */
import { DEFAULT_SAMPLING, type Delta, type Message } from "../../src/core/types.ts";
import { loadModel } from "./chat/local/client.ts";
import { request, toProblem } from "./chat/problem.ts";
import "./minimal.tsx";

/** Tokens of prompt and answer together. */
const CONTEXT = 8192;

const network = globalThis.fetch;
const bytes = async (path: string) => (await request(path)).blob();
/** The first question waits for it. */
const loading = Promise.all([bytes("/files/engine.wasm"), bytes("/files/model.gguf")]).then(
  ([engine, model]) => loadModel({ engine, model, contextTokens: CONTEXT }),
);

/** `POST /api/chat`, as `src/core/chat.ts` has it: the deltas of an answer as events. */
function chat(messages: readonly Message[], signal: AbortSignal): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const tell = (event: Delta | { error: object }) =>
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      const sampling = { ...DEFAULT_SAMPLING, seed: Math.floor(Math.random() * 2 ** 31) };
      const onText = (text: string) => tell({ type: "text", text });
      try {
        const model = await loading;
        tell({ type: "finish", finish: await model.ask({ messages, sampling }, onText, signal) });
      } catch (thrown) {
        tell({ error: toProblem(thrown) });
      }
      controller.close();
    },
  });
  return new Response(body);
}

globalThis.fetch = async (address, init) =>
  address === "/api/chat"
    ? chat(JSON.parse(String(init?.body)).messages, init?.signal ?? new AbortController().signal)
    : network(address, init);
