/** Calls that write or send: nothing happens without a click, and a click is good for exactly one call. */
import { expect, test } from "vitest";
import { type Json, oneByOne, start } from "./product.ts";

const MAIL = ["send_mail", { to: "eva@example.org", text: "The diary says 4711" }] as const;

test("a call waits with its exact arguments, and is made once it was allowed", async () => {
  const place = await start(oneByOne(["read_diary", {}], MAIL));
  const chat = await place.chat(["read_diary", "send_mail"]);
  const answer = await place.ask(chat, "Send it");
  expect(answer).toMatchObject({ status: "done", details: { agent: { ended: "approval" } } });
  expect(place.called.map(([name]) => name)).toEqual(["read_diary"]);
  const [one, ...others] = await place.waiting(chat);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ tool: "send_mail", labels: ["private"] });
  expect(JSON.parse(one.arguments)).toEqual(MAIL[1]);

  const early = await place.call("POST", `/api/conversations/${chat}/turns`, {
    continues: answer.id,
  });
  expect([early.status, early.body.error.code]).toEqual([409, "approval_open"]);
  expect(await place.decide(one.id, true)).toEqual({ left: 0 });
  const twice = await place.call("POST", `/api/tools/waiting/${one.id}`, { approve: true });
  expect([twice.status, twice.body.error.code]).toEqual([409, "approval_decided"]);
  const whole = await place.goOn(chat, answer.id);
  expect(whole).toMatchObject({
    content: expect.stringContaining("sent"),
    details: { agent: { ended: "answered" } },
  });
  expect(place.called.at(-1)).toEqual(MAIL);
  expect(await place.waiting(chat)).toEqual([]);

  // The same call in the next question is another one.
  const next = await place.ask(chat, "And again", answer.id);
  expect(next.details.agent.ended).toBe("approval");
  expect(place.called.filter(([name]) => name === "send_mail")).toHaveLength(1);
});

test("a call that is refused is told once and not offered again", async () => {
  const offered: string[][] = [];
  const script = oneByOne(MAIL, MAIL);
  const place = await start({
    ...script,
    calls(messages, names) {
      offered.push([...names]);
      return script.calls?.(messages, names) ?? [];
    },
  });
  const chat = await place.chat(["send_mail", "calculate"]);
  const answer = await place.ask(chat, "Send it");
  const [one] = await place.waiting(chat);
  await place.decide(one.id, false);
  const whole = await place.goOn(chat, answer.id);
  const results = whole.parts.filter(({ type }: Json) => type === "result");
  expect(results[0]).toMatchObject({
    failed: true,
    refused: true,
    text: expect.stringContaining("has refused"),
  });
  expect(results[1]).toMatchObject({
    failed: true,
    text: expect.stringContaining("no tool of this name"),
  });
  expect(offered.at(-1)).toEqual(["calculate"]);
  expect(place.called).toEqual([]);
});

test("what waits outlives a restart, and so does a click", async () => {
  const script = oneByOne(MAIL);
  const first = await start(script);
  const chat = await first.chat(["send_mail"]);
  const answer = await first.ask(chat, "Send it");
  await first.stop();
  const second = await start(script, { home: first.home, called: first.called });
  const [one] = await second.waiting(chat);
  await second.decide(one.id, true);
  await second.stop();
  const third = await start(script, { home: first.home, called: first.called });
  const whole = await third.goOn(chat, answer.id);
  expect(whole.content).toContain("sent");
  expect(third.called).toEqual([MAIL]);
});

test("several calls of one step wait together, and what only reads is done meanwhile", async () => {
  const place = await start({
    calls: (messages) =>
      messages.some(({ toolCallId }) => toolCallId)
        ? []
        : [MAIL, ["read_diary", {}], ["delete_all", {}]],
    reply: () => "All done.",
  });
  const chat = await place.chat(["read_diary", "send_mail", "delete_all"]);
  const answer = await place.ask(chat, "Do it all");
  expect(place.called.map(([name]) => name)).toEqual(["read_diary"]);
  const waits = await place.waiting(chat);
  expect(waits.map(({ tool }) => tool).toSorted()).toEqual(["delete_all", "send_mail"]);
  const of = (name: string) => waits.find(({ tool }) => tool === name)?.id;
  expect(await place.decide(of("send_mail"), false)).toEqual({ left: 1 });
  expect(await place.decide(of("delete_all"), true)).toEqual({ left: 0 });
  const whole = await place.goOn(chat, answer.id);
  expect(whole.content).toBe("All done.");
  expect(place.called.map(([name]) => name)).toEqual(["read_diary", "delete_all"]);
});

test("a tool that was taken off the chat meanwhile is not called, whatever was allowed", async () => {
  const place = await start(oneByOne(MAIL));
  const chat = await place.chat(["send_mail"]);
  const answer = await place.ask(chat, "Send it");
  const [one] = await place.waiting(chat);
  await place.decide(one.id, true);
  await place.must("PATCH", `/api/conversations/${chat}`, { settings: { tools: ["calculate"] } });
  const whole = await place.goOn(chat, answer.id);
  expect(whole.parts.at(-1)).toMatchObject({ type: "result", failed: true });
  expect(place.called).toEqual([]);
});
