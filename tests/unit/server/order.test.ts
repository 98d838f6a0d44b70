/** A part of the server that is loaded only when another server has begun already. */
import { once } from "node:events";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { eventStream } from "../../../src/core/sse.ts";
import { listen } from "../../../src/server/listen.ts";

async function* events() {
  yield "one";
}

test("streams reach their reader, whatever was loaded before what writes them", async () => {
  const begin = async (app: Parameters<typeof listen>[0]) => {
    const { server, port } = await listen(app, "127.0.0.1", 0);
    onTestFinished(async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    });
    return async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
  };
  const app = new Hono();
  app.get("/", () => eventStream(events(), () => {}));
  // The adapter puts its own `Response` in the place of Node's now.
  const first = await begin(app);
  const { withRequests } = await import("../../../src/server/requests.ts");
  const second = await begin(withRequests(app));
  for (const ask of [first, second, first, second]) expect(await ask()).toBe("data: one\n\n");
});
