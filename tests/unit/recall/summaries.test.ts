/** Summaries: of answers alone, by models that passed, used, edited, deleted, copied and erased. */
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import planted from "../../../src/features/recall/planted.json" with { type: "json" };
import { temporary } from "../../fixtures/databases.ts";

/** What the notes of a model are made of that keeps the facts of its answers, and of one that does not. */
const careful = (text: string) =>
  text.match(/ferry of day \d+ leaves at [\d:]+/g)?.join("; ") ??
  `- ${(text.match(/\p{Lu}\p{L}+|[\d.,:]*\d|\p{L}{4,}/gu) ?? []).join(" ")}`;
const careless = () => "- Several things were said.";

/** Answers without end and questions with a word of their own each. */
const answerOf = (n: number) =>
  `Answer ${n}: the ferry of day ${n} leaves at ${10 + (n % 10)}:15. ${"And so it goes on. ".repeat(40)}`;

async function product(notes: (text: string) => string) {
  const asked: (readonly Message[])[] = [];
  let answers = 0;
  const reply = (messages: readonly Message[]) => {
    const { content } = messages.at(-1) as Message;
    if (content.startsWith("Below are answers"))
      return notes(content.split("\n\n").slice(1).join(" "));
    asked.push(messages);
    return answerOf(answers++);
  };
  const home = await temporary();
  const app = await startApp(readConfig({ home, port: 0, engine: "scripted" }, {}), () => {}, {
    engines: only(scripted({ contextWindow: 4000, reply })),
  });
  onTestFinished(() => app.stop());
  const call = async (method: string, path: string, body?: object) => {
    const init = body && { body: JSON.stringify(body) };
    const response = await fetch(app.url + path, { method, ...init });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const { body: chat } = await call("POST", "/api/conversations", {});
  let parentId: string | null = null;
  const ask = async (content: string) => {
    const { body } = await call("POST", `/api/conversations/${chat.id}/turns`, {
      content,
      parentId,
    });
    parentId = body.answer.id;
    const at = `/api/conversations/${chat.id}/messages/${parentId}/stream`;
    const events = (await (await fetch(app.url + at)).text()).split("\n\n").filter(Boolean);
    return JSON.parse(events.at(-1)?.slice(6) ?? "").message;
  };
  const tried = async () => {
    await call("POST", "/api/recall/models", { model: "scripted" });
    const models = async () => (await call("GET", "/api/recall/models")).body.items;
    await expect.poll(async () => (await models()).length, { timeout: 20_000 }).toBe(1);
    return (await models())[0];
  };
  const summaries = async (id = chat.id) => (await call("GET", `/api/recall/${id}`)).body.items;
  return { call, ask, asked, tried, summaries, id: chat.id as string };
}

test("a model that loses the facts may not summarise, and does not", async () => {
  const here = await product(careless);
  expect(await here.tried()).toMatchObject({ kept: 0, passed: false });
  for (let n = 0; n < 20; n++) await here.ask(`Question ${n} about zebras${n}`);
  expect(await here.summaries()).toEqual([]);
});

test("what a model that passed writes of its answers is told to it, and is its person's to change", async () => {
  const here = await product(careful);
  const of = planted.reduce((sum, { facts }) => sum + facts.length, 0);
  expect(await here.tried()).toMatchObject({ of, passed: true });
  for (let n = 0; n < 14; n++) await here.ask(`Question ${n} about zebras${n}`);
  // In the background; each question tells it of more.
  await expect
    .poll(
      async () => {
        const { length } = await here.summaries();
        if (length === 0) await here.ask("And now?");
        return length;
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(0);
  const [first] = await here.summaries();
  expect(first).toMatchObject({ modelName: "Scripted engine", edited: false });
  expect(first.text).toContain("ferry of day 0 leaves at 10:15");
  // Of people's own messages there is no word in it.
  expect(first.text).not.toContain("zebras");
  const answer = await here.ask("What was the first?");
  const told = answer.parts.find(({ type }: { type: string }) => type === "summary");
  expect(told).toEqual({ type: "summary", text: first.text, of: first.of });
  expect(here.asked.at(-1)?.at(-1)?.content).toContain(first.text);

  const at = `/api/recall/${here.id}/${first.id}`;
  const { body: edited } = await here.call("PATCH", at, { text: "The ferry leaves at dawn." });
  expect(edited).toEqual({ ...first, text: "The ferry leaves at dawn.", edited: true });
  await here.ask("What was the second?");
  expect(here.asked.at(-1)?.at(-1)?.content).toContain("The ferry leaves at dawn.");

  // A copy of the chat has them, too.
  const fork = await here.call(
    "POST",
    `/api/conversations/${here.id}/messages/${answer.id}/fork`,
    {},
  );
  expect((await here.summaries(fork.body.id))[0].text).toBe("The ferry leaves at dawn.");

  // Deleted, it is not made again of the same answers.
  expect((await here.call("DELETE", at)).status).toBe(204);
  expect((await here.call("PATCH", at, { text: "Back" })).body.error.code).toBe(
    "summary_not_found",
  );
  await here.ask("What was the third?");
  const ids = (await here.summaries()).map(({ id }: { id: string }) => id);
  expect(ids).not.toContain(first.id);
});
