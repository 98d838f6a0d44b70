/** Answers that go out by the API have a receipt, which official clients can read. */
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { ReceiptFile } from "../../../src/core/receipts.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";
import { temporary } from "../../fixtures/charla.ts";

const HELLO = [{ role: "user" as const, content: "hello there" }];

async function begin() {
  const config = readConfig({ engine: "scripted", port: 0, home: temporary() }, {});
  const app = await startApp(config, () => {});
  onTestFinished(() => app.stop());
  const client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "none", maxRetries: 0 });
  /** What the verifier says of a receipt, and the text that went out. */
  const verdict = async (id: string, text: string) => {
    const file = await (await fetch(`${app.url}/api/receipts/${id}`)).text();
    return (await verify(file, { text })).verdict;
  };
  return { url: app.url, client, verdict };
}

test("at once: in a header and in the body", async () => {
  const { client, verdict } = await begin();
  const create = { model: "scripted", messages: HELLO, n: 2 };
  const { data, response } = await client.chat.completions.create(create).withResponse();
  const names = response.headers.get("charla-receipt")?.split(", ") ?? [];
  expect(names).toHaveLength(2);
  expect(data).toMatchObject({ charla: { receipt: names[0] } });
  for (const [index, name] of names.entries()) {
    const text = data.choices[index]?.message.content ?? "";
    expect(text).not.toBe("");
    expect(await verdict(name, text)).toBe("holds");
    expect(await verdict(name, `${text}!`)).toBe("changed");
  }
});

test("as a stream: in a header and in the last event, when its entry is in the log", async () => {
  const { client, verdict } = await begin();
  const create = { model: "scripted", messages: HELLO, stream: true as const };
  const { data, response } = await client.chat.completions.create(create).withResponse();
  const name = response.headers.get("charla-receipt") ?? "";
  let text = "";
  let last: unknown;
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? "";
    last = chunk;
  }
  expect(last).toMatchObject({ charla: { receipt: name } });
  expect(await verdict(name, text)).toBe("holds");
});

test("cut off by its client: of the text that went out", async () => {
  const { url, client } = await begin();
  const content = "word ".repeat(2000);
  const messages = [{ role: "user" as const, content }];
  const create = { model: "scripted", messages, stream: true as const };
  const { data, response } = await client.chat.completions.create(create).withResponse();
  for await (const chunk of data) if (chunk.choices[0]?.delta.content) break;
  const name = response.headers.get("charla-receipt");
  await expect
    .poll(async () => (await fetch(`${url}/api/receipts/${name}`)).status, { timeout: 20_000 })
    .toBe(200);
  const reply = await fetch(`${url}/api/receipts/${name}`);
  const file = (await reply.json()) as ReceiptFile;
  expect(["stopped", "failed"]).toContain(file.entry.status);
});
