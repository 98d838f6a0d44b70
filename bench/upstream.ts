/**
 * A scripted model server for measuring gateways: every answer is 128 pieces of text. The model
 * "burst" sends them as fast as the connection takes them, "paced" one each 20 ms. Prints its
 * address. With 100 us or so for a whole request it costs far less than any gateway.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export const PIECES = 128;
export const PACE_MS = 20;
const MODELS = ["burst", "paced"];

const model = (id: string) => ({ id, object: "model", created: 0, owned_by: "bench" });
const list = JSON.stringify({ object: "list", data: MODELS.map(model) });

const head = { id: "chatcmpl-0", object: "chat.completion.chunk", created: 0 };
const event = (rest: object) => `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
const piece = (id: string, delta: object, reason: "stop" | null = null) =>
  event({ model: id, choices: [{ index: 0, delta, finish_reason: reason }] });

const usage = { prompt_tokens: 10, completion_tokens: PIECES, total_tokens: 10 + PIECES };
/** Each different: LiteLLM ends a stream that repeats itself. */
const text = (id: string, n: number) => piece(id, { content: ` word${n}` });

async function answer(response: ServerResponse, id: string): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(piece(id, { role: "assistant", content: "" }));
  for (let n = 0; n < PIECES && !response.destroyed; n++) {
    if (id === "paced" && n > 0) await sleep(PACE_MS);
    response.write(text(id, n));
  }
  response.write(piece(id, {}, "stop"));
  response.write(event({ model: id, choices: [], usage }));
  response.end("data: [DONE]\n\n");
}

/** What clients ask for that do not stream, such as a title. */
const whole = (id: string) =>
  JSON.stringify({
    ...{ id: "chatcmpl-0", object: "chat.completion", created: 0, model: id, usage },
    choices: [{ index: 0, message: { role: "assistant", content: "word" }, finish_reason: "stop" }],
  });

if (import.meta.main) {
  const server = createServer(async (request, response) => {
    response.on("error", () => {}); // the client has left
    if (!request.url?.endsWith("/completions")) {
      return void response.writeHead(200, { "content-type": "application/json" }).end(list);
    }
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || "{}");
    const { model: id = "burst", stream = false } = body as { model?: string; stream?: boolean };
    if (stream) return answer(response, id);
    response.writeHead(200, { "content-type": "application/json" }).end(whole(id));
  });
  server.keepAliveTimeout = 600_000;
  server.listen(0, "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  });
  process.stdin.on("end", () => process.exit()).resume();
}
