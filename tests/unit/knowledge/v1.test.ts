/** `/v1/files` by OpenAI's client: a file is taken, listed, asked about by a response, and deleted. */
import OpenAI, { toFile } from "openai";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { serve } from "../../fixtures/shared-mode.ts";

test("a program gives a file and asks about it, with a key that was made for that", async () => {
  const asked: (readonly Message[])[] = [];
  const inner = scripted({ reply: () => "It is azul marino [1], not [7]." });
  const generate: typeof inner.generate = (request) => {
    asked.push(request.messages);
    return inner.generate(request);
  };
  const place = await serve({ engines: () => only({ ...inner, generate }) });
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const client = async (person: typeof ana, scopes: readonly string[]) => {
    const { secret } = await person.must("POST", "/api/auth/keys", { name: "k", scopes, days: 1 });
    return new OpenAI({ apiKey: secret, baseURL: `${place.origin}/v1`, maxRetries: 0 });
  };
  const hers = await client(ana, ["chat", "files:read", "files:write"]);
  const text = "The boat is painted in azul marino, as ever.";
  const file = await toFile(Buffer.from(text), "boat.txt");
  const made = await hers.files.create({ file, purpose: "user_data" });
  expect(made).toMatchObject({ object: "file", filename: "boat.txt", bytes: text.length });
  const status = async () => (await hers.files.retrieve(made.id)).status;
  await expect.poll(status, { timeout: 60_000 }).toBe("processed");
  expect((await hers.files.list()).data.map(({ id }) => id)).toEqual([made.id]);
  expect(await (await hers.files.content(made.id)).text()).toBe(text);

  const input = [
    {
      role: "user" as const,
      content: [
        { type: "input_file" as const, file_id: made.id },
        { type: "input_text" as const, text: "Which colour has the boat?" },
      ],
    },
  ];
  const { output_text, output } = await hers.responses.create({ model: "scripted", input });
  expect(output_text).toBe("It is azul marino [1], not [7].");
  expect(output).toMatchObject([
    {
      type: "message",
      content: [
        {
          annotations: [
            { type: "file_citation", file_id: made.id, filename: "boat.txt", index: 18 },
          ],
        },
      ],
    },
  ]);
  const prompt = asked
    .at(-1)
    ?.map(({ content }) => content)
    .join("\n");
  expect(prompt).toMatch(/begin of document boat\.txt[\s\S]*azul marino/);

  // Neither another person, nor a key for something else, gets at it by its id.
  const other = await client(bea, ["chat", "files:read"]);
  await expect(other.files.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
  await expect(other.responses.create({ model: "scripted", input })).rejects.toMatchObject({
    ...{ status: 404, code: "file_not_found" },
  });
  const narrow = await client(ana, ["chat"]);
  await expect(narrow.responses.create({ model: "scripted", input })).rejects.toMatchObject({
    ...{ status: 403, code: "files_not_allowed" },
  });
  await expect(
    hers.files.create({ file: await toFile(Buffer.from("x"), "x.jsonl"), purpose: "batch" }),
  ).rejects.toMatchObject({ status: 400 });
  expect(await hers.files.delete(made.id)).toMatchObject({ id: made.id, deleted: true });
  expect((await hers.files.list()).data).toEqual([]);
});
