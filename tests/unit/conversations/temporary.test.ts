/** Chats that are stored nowhere, as the server answers them. */
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import type { Message, Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { serveTemporarily } from "./home.ts";

test("are answered with all that was said, gone on with, and leave no row", async () => {
  const asked: { messages: readonly Message[]; extras?: Turn["extras"] }[] = [];
  const engine = scripted({ reply: () => "more" });
  const server = await serveTemporarily(
    {
      ...engine,
      generate(request) {
        asked.push(request);
        return engine.generate(request);
      },
    },
    [{ beginning: async (person) => (person === SOLO.id ? "I am Ana." : undefined) }],
  );
  onTestFinished(() => server.stop());
  const said: Message[] = [
    { role: "user", content: "one" },
    { role: "assistant", content: "begun" },
  ];
  const first = await server.call("POST", "/api/temporary", { messages: said.slice(0, 1) });
  expect(first.status).toBe(200);
  expect(first.body).toContain('"text":"more"');
  const rest = await server.call("POST", "/api/temporary", { messages: said, model: "scripted" });
  expect(rest.body).toContain('"reason":"stop"');
  const beginning = { role: "system", content: "I am Ana." };
  expect(asked.map(({ messages }) => messages)).toEqual([
    [beginning, said[0]],
    [beginning, ...said],
  ]);
  expect(asked.map(({ extras }) => extras?.prefill)).toEqual([undefined, true]);
  for (const table of ["conversation", "message"]) {
    const rows = await server.db
      .selectFrom(table as never)
      .selectAll()
      .execute();
    expect(rows).toEqual([]);
  }
  const system = { messages: [{ role: "system", content: "x" }, ...said] };
  const refused = await server.call("POST", "/api/temporary", system);
  expect([refused.status, refused.body.error.param]).toEqual([400, "messages[0].role"]);
});
