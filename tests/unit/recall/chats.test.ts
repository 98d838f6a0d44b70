/** Long chats through the whole product: what was said first is found again, shown, and left alone if asked. */
import { writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { temporary } from "../../fixtures/databases.ts";

/** @param policy as the file has it */
async function product(policy?: string) {
  const asked: (readonly Message[])[] = [];
  const reply = (messages: readonly Message[]) => {
    asked.push(messages);
    return "Very well.";
  };
  const engines = only(scripted({ contextWindow: 900, reply }));
  const home = await temporary();
  if (policy) writeFileSync(`${home}/policy.toml`, policy);
  const app = await startApp(readConfig({ home, port: 0, engine: "scripted" }, {}), () => {}, {
    engines,
  });
  onTestFinished(() => app.stop());
  const call = async (method: string, path: string, body?: object) => {
    const init = body && { body: JSON.stringify(body) };
    const reply = await fetch(app.url + path, { method, ...init });
    const text = await reply.text();
    return text === "" ? undefined : JSON.parse(text);
  };
  const ask = async (id: string, content: string, parentId: string | null) => {
    const { answer } = await call("POST", `/api/conversations/${id}/turns`, { content, parentId });
    const at = `/api/conversations/${id}/messages/${answer.id}/stream`;
    const events = (await (await fetch(app.url + at)).text()).split("\n\n").filter(Boolean);
    return JSON.parse(events.at(-1)?.slice(6) ?? "").message;
  };
  return { call, ask, asked };
}

const FACT = "Remember: the key of the cellar hangs behind the blue clock.";
const FILLER = "The gardeners water the roses every morning before the visitors come in. ".repeat(
  4,
);

/** A chat that begins with a fact and is full by its end. */
const longChat = (settings: object) => {
  const now = new Date().toISOString();
  const said = [FACT, "Noted.", ...Array.from({ length: 40 }, (_, at) => `${at}. ${FILLER}`)];
  const messages = said.map((content, at) => ({
    ...{ id: `m${at}`, parentId: at === 0 ? null : `m${at - 1}`, content, createdAt: now },
    ...{ role: at % 2 ? "assistant" : "user", status: "done", details: null, error: null },
  }));
  const chat = {
    ...{ id: "long", title: "Long", titleSource: "user", pinned: false, settings, messages },
    ...{ createdAt: now, updatedAt: now, currentId: `m${said.length - 1}` },
  };
  return { format: "charla.conversations", version: 1, exportedAt: now, conversations: [chat] };
};

async function kept({ call }: Awaited<ReturnType<typeof product>>, settings: object = {}) {
  const { imported } = await call("POST", "/api/conversations/import", longChat(settings));
  const { messages, currentId } = await call("GET", `/api/conversations/${imported[0].id}`);
  return { id: imported[0].id, messages, leaf: currentId };
}

test("a fact that has fallen out of the window is told again, and the answer says so", async () => {
  const here = await product();
  const { id, messages, leaf } = await kept(here);
  const answer = await here.ask(id, "Where is the key of the cellar?", leaf);
  const prompt = here.asked.at(-1) ?? [];
  expect(prompt.at(-1)?.content).toMatch(
    /^Earlier in this chat.*behind the blue clock.*cellar\?$/s,
  );
  expect(prompt.slice(0, -1).some(({ content }) => content.includes("cellar"))).toBe(false);
  const [part] = answer.parts;
  expect(part).toMatchObject({
    ...{ type: "recall", left: answer.details.droppedMessages },
    passages: [{ message: messages[0].id, said: [{ role: "user", text: FACT }, {}] }],
  });
  // And to the guard it does not look like a turn that somebody has forged.
  expect(answer.details.guard.score).toBe(0);
  expect(answer.details.droppedMessages).toBeGreaterThan(0);
  expect(messages.some((one: { id: string }) => one.id === answer.details.memoryBegins)).toBe(true);
  // What is stored is the question alone, and a copy leads to its own messages.
  const { question } = await here.call("POST", `/api/conversations/${id}/turns`, {
    ...{ content: "Dónde está la llave del sótano? The key of the cellar?", parentId: answer.id },
  });
  expect(question.content).not.toContain("Earlier");
  const fork = await here.call("POST", `/api/conversations/${id}/messages/${answer.id}/fork`, {});
  const copy = await here.call("GET", `/api/conversations/${fork.id}`);
  const recalled = copy.messages.at(-1).parts[0].passages[0].message;
  expect(recalled).toBe(copy.messages[0].id);
  expect(recalled).not.toBe(messages[0].id);
});

test("what has nothing to do with the question is not told, and nothing where nobody wants it", async () => {
  const here = await product();
  const { id, leaf } = await kept(here);
  const answer = await here.ask(id, "Quantum chromodynamics?", leaf);
  expect(answer.parts).toMatchObject([{ type: "recall", passages: [] }]);
  expect(here.asked.at(-1)?.at(-1)?.content).toBe("Quantum chromodynamics?");

  const off = await kept(here, { recall: false });
  const silent = await here.ask(off.id, "Where is the key of the cellar?", off.leaf);
  expect(silent.parts).toBeUndefined();
  expect(silent.details.droppedMessages).toBeGreaterThan(0);

  const strict = await product("[recall]\nlookup = false\n");
  const usual = await kept(strict);
  const left = await strict.ask(usual.id, "Where is the key of the cellar?", usual.leaf);
  expect(left.parts).toBeUndefined();
  const chosen = await kept(strict, { recall: true });
  const found = await strict.ask(chosen.id, "Where is the key of the cellar?", chosen.leaf);
  expect(found.parts).toMatchObject([{ type: "recall", passages: [{}] }]);
});
