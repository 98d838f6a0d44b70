/** The whole product: what is stored, what the model sees, what comes back. */
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { temporary } from "../../fixtures/databases.ts";

const DNI = "12345678Z";
const PHONE = "612 345 678";

/** @param thought what the model writes before its answer */
async function product(policy = "", thought = "") {
  const home = await temporary();
  await writeFile(join(home, "policy.toml"), policy);
  const logged: string[] = [];
  const seen: (readonly Message[])[] = [];
  const reply = (messages: readonly Message[]) => {
    seen.push(messages);
    return `${thought}You said: ${messages.at(-1)?.content} And 87654321X is new.`;
  };
  const config = readConfig({ home, port: 0 }, { CHARLA_DRAIN_SECONDS: "0" });
  const log = (line: string, error?: unknown) => logged.push(`${line} ${String(error)}`);
  const app = await startApp(config, log, { engines: only(scripted({ reply })) });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.stop();
  });
  const json = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(app.url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  };
  const ask = async (settings: object, content: string) => {
    const { id } = await json("POST", "/api/conversations", { settings });
    const turn = await json("POST", `/api/conversations/${id}/turns`, { content, parentId: null });
    const path = `/api/conversations/${id}/messages/${turn.answer.id}/stream`;
    const streamed = await (await fetch(app.url + path)).text();
    return { id, streamed, ...(await json("GET", `/api/conversations/${id}`)) };
  };
  /** All bytes of the data folder, and the log. */
  const stored = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("\n") + logged.join("\n");
  return { url: app.url, json, ask, seen, stored };
}

test("a chat that masks stores, logs and computes nothing in the clear", async () => {
  const { ask, seen, stored, json } = await product();
  const content = `Mi DNI es ${DNI} y mi teléfono ${PHONE}. [DNI_9]`;
  const chat = await ask({ privacy: "mask", systemPrompt: `Te llama ${PHONE}` }, content);
  const [question, answer] = chat.messages;
  expect(question.content).toBe("Mi DNI es [DNI_10] y mi teléfono [PHONE_1]. [DNI_9]");
  expect(answer.content).toBe(`You said: ${question.content} And [DNI_11] is new.`);
  expect(chat.settings.systemPrompt).toBe("Te llama [PHONE_1]");
  expect(chat.streamed).not.toMatch(/12345678Z|612 345 678|87654321X/);
  expect(JSON.stringify(seen)).not.toMatch(/12345678Z|612 345 678/);
  expect(JSON.stringify(chat)).not.toMatch(/12345678Z|612 345 678|87654321X/);
  expect(stored()).not.toMatch(/12345678Z|612 345 678|87654321X/);
  expect(await json("GET", `/api/personal-data/${chat.id}`)).toEqual({
    placeholders: [
      { name: "[DNI_10]", value: DNI },
      { name: "[DNI_11]", value: "87654321X" },
      { name: "[PHONE_1]", value: PHONE },
    ],
  });
});

test("a thought is masked as the answer is, wherever it is stored and told", async () => {
  const { ask, stored } = await product("", `<think>The DNI ${DNI} again, and ${PHONE}.</think>`);
  const chat = await ask({ privacy: "mask" }, `Mi DNI es ${DNI}.`);
  expect(chat.messages[1].parts).toMatchObject([{ text: "The DNI [DNI_1] again, and [PHONE_1]." }]);
  expect(chat.streamed).toContain('"type":"part"');
  expect(chat.streamed + stored()).not.toMatch(/12345678Z|612 345 678/);
});

test("a chat that does not mask is left alone", async () => {
  const { ask, json } = await product();
  for (const privacy of ["off", "warn"]) {
    const chat = await ask({ privacy }, `Mi DNI es ${DNI}.`);
    expect(chat.messages[0].content).toBe(`Mi DNI es ${DNI}.`);
    expect(await json("GET", `/api/personal-data/${chat.id}`)).toEqual({ placeholders: [] });
  }
});

test("the organisation's floor holds for every chat", async () => {
  const { ask, json } = await product('[personal_data]\nfloor = "mask"\nallow = ["600 000 000"]');
  const chat = await ask({ privacy: "off" }, `DNI ${DNI}, tel. 600000000`);
  expect(chat.messages[0].content).toBe("DNI [DNI_1], tel. 600000000");
  expect(await json("GET", "/api/personal-data")).toMatchObject({ floor: "mask" });
});

test("what was stored before is masked on its way to the model", async () => {
  const { ask, json, seen } = await product();
  const chat = await ask({}, `DNI ${DNI}`);
  await json("PATCH", `/api/conversations/${chat.id}`, { settings: { privacy: "mask" } });
  const parentId = chat.messages[1].id;
  await json("POST", `/api/conversations/${chat.id}/turns`, { content: "Y ahora?", parentId });
  const last = seen.findLast((messages) => messages.at(-1)?.content === "Y ahora?");
  expect(last?.map(({ content }) => content)).toEqual([
    "DNI [DNI_1]",
    "You said: DNI [DNI_1] And [DNI_2] is new.",
    "Y ahora?",
  ]);
});

const ASK = {
  model: "scripted",
  messages: [{ role: "user", content: `[DNI_1] no es ${DNI}, ni [DNI_2].` }],
};

test("the API's answers come with the values, and the model has seen none", async () => {
  const { json, seen } = await product('[personal_data]\nfloor = "mask"');
  const reply = await json("POST", "/v1/chat/completions", ASK);
  expect(reply.choices[0].message.content).toBe(
    `You said: [DNI_1] no es ${DNI}, ni [DNI_2]. And 87654321X is new.`,
  );
  expect(seen[0]?.[0]?.content).toBe("[DNI_1] no es [DNI_3], ni [DNI_2].");
});

test("where the policy wants it so, they stay masked", async () => {
  const { json } = await product('[personal_data]\nfloor = "mask"\nrestore_in_api = false');
  const reply = await json("POST", "/v1/chat/completions", ASK);
  expect(reply.choices[0].message.content).toBe(
    "You said: [DNI_1] no es [DNI_3], ni [DNI_2]. And [DNI_4] is new.",
  );
});

test("log-probabilities are refused by name where they would tell the masked text", async () => {
  const { json } = await product('[personal_data]\nfloor = "mask"');
  const reply = await json("POST", "/v1/chat/completions", { ...ASK, logprobs: true });
  expect(reply.error.code).toBe("personal_data_logprobs");
});

test("a check tells kinds and places, and keeps nothing", async () => {
  const { json, stored } = await product();
  const text = `Tel. ${PHONE}, DNI ${DNI}`;
  expect(await json("POST", "/api/personal-data/check", { text })).toEqual({
    found: [
      { kind: "phone", start: 5, end: 16 },
      { kind: "dni", start: 22, end: 31 },
    ],
  });
  expect(stored()).not.toMatch(/12345678Z|612 345 678/);
});
