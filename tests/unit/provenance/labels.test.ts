/** A signed label goes out with one's own answer, and one that comes in never reaches the model. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { withoutWrappers, wrappersIn } from "../../../src/features/provenance/c2pa/wrapper.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";
import { charla, temporary } from "../../fixtures/charla.ts";
import type { Json } from "../core/serve.ts";

const HIDDEN = /\uFEFF|[\u{E0100}-\u{E01EF}]/u;

async function begin() {
  const home = temporary();
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  onTestFinished(() => app.stop());
  const post = async (path: string, body: object): Promise<Json> => {
    const headers = { "content-type": "application/json" };
    const reply = await fetch(app.url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers,
    });
    return reply.json();
  };
  const client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "none", maxRetries: 0 });
  /** The scripted engine says what it was asked. */
  const say = async (content: string) => {
    const messages = [{ role: "user" as const, content }];
    const create = { model: "scripted", messages };
    const { data, response } = await client.chat.completions.create(create).withResponse();
    return {
      text: data.choices[0]?.message.content ?? "",
      receipt: response.headers.get("charla-receipt") ?? "",
    };
  };
  return { url: app.url, post, say };
}

test("goes out with the answer of a receipt, in the reader's language", async () => {
  const { post, say } = await begin();
  const { text, receipt } = await say("hello there");
  for (const [language, line] of [
    ["en", /^— Written by AI: .+, \w+ \d+, \d{4}\.$/],
    ["es", /^— Escrito por una IA: .+, \d+ de \w+ de \d{4}\.$/],
  ] as const) {
    const labelled = await post("/api/provenance/label", { receipt, text, language });
    expect(labelled.selfSigned).toBe(true);
    const [said, told] = withoutWrappers(labelled.text).split("\n\n");
    expect(said).toBe(text);
    expect(told).toMatch(line);
    const { credentials } = await post("/api/provenance/credentials", { text: labelled.text });
    expect(credentials).toMatchObject({ state: "holds", own: true, ai: true, by: "Charla" });
  }
});

test("goes out with nothing that no receipt is about", async () => {
  const { post, say } = await begin();
  const { text, receipt } = await say("hello there");
  const other = await say("something else");
  for (const wrong of [
    { receipt, text: `${text}!` },
    { receipt, text: other.text },
    { receipt: other.receipt, text },
    { receipt: "rcpt-none", text },
  ]) {
    const { error } = await post("/api/provenance/label", { ...wrong, language: "en" });
    expect(error?.code).toBe("label_other_text");
  }
});

test("comes in by a chat and by the API, and neither stores it or shows it to the model", async () => {
  const { url, post, say } = await begin();
  const { text, receipt } = await say("hello there");
  const labelled: Json = await post("/api/provenance/label", { receipt, text, language: "en" });
  const pasted = `Is this yours? ${labelled.text}`;
  expect(wrappersIn(pasted)).toHaveLength(1);
  const again = await say(pasted);
  expect(again.text).not.toMatch(HIDDEN);

  const { id } = await post("/api/conversations", {});
  const turn = await post(`/api/conversations/${id}/turns`, { content: pasted, parentId: null });
  expect(turn.question.content).toBe(withoutWrappers(pasted));
  await (await fetch(`${url}/api/conversations/${id}/messages/${turn.answer.id}/stream`)).text();
  const stored = await (await fetch(`${url}/api/conversations/${id}`)).text();
  expect(stored).not.toMatch(HIDDEN);
});

test("goes out with every export of a chat and in a person's archive; JSON is taken in again", async () => {
  const { url, post } = await begin();
  const { id } = await post("/api/conversations", {});
  const asked = { content: "hello there", parentId: null };
  const { answer } = await post(`/api/conversations/${id}/turns`, asked);
  await (await fetch(`${url}/api/conversations/${id}/messages/${answer.id}/stream`)).text();
  const one = await (await fetch(`${url}/api/conversations/${id}/export?format=json`)).text();
  const all = await (await fetch(`${url}/api/conversations/export`)).text();
  const some = await fetch(`${url}/api/conversations/export`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ids: [id] }),
  });
  const read = async (file: string) =>
    (await post("/api/provenance/credentials", { text: file })).credentials;
  const headers = { "content-type": "application/json" };
  const asking = { method: "POST", headers, body: "{}" };
  const zipped = await (await fetch(`${url}/api/rights/export`, asking)).bytes();
  const archive = unzipSync(zipped);
  const kept = ["json", "md"].map((end) =>
    strFromU8(archive[`conversations/${id}.${end}`] as Uint8Array),
  );
  for (const file of [one, all, await some.text(), ...kept]) {
    const { verdict, receipts, label } = await verify(file, { readLabel: read });
    expect({ verdict, label }).toEqual({
      ...{ verdict: "holds", label: { what: "label", state: "yes", why: "own" } },
    });
    expect(receipts).toHaveLength(1);
  }
  // No receipt in an export speaks of the question: the label does.
  const other = one.replace('"content":"hello there"', '"content":"hello where"');
  const { verdict, receipts, label } = await verify(other, { readLabel: read });
  expect(receipts.map((each) => each.verdict)).toEqual(["holds"]);
  expect({ verdict, state: label?.state }).toEqual({ verdict: "changed", state: "no" });
  expect((await verify(one)).label).toEqual({ what: "label", state: "open" });

  const path = join(temporary(), "chat.json");
  for (const [file, code, line] of [
    [one, 0, /Label: \S+ has signed that AI has part in the file \(C2PA\)/],
    [other, 1, /Label: the file is not the one that \S+ has signed \(C2PA\)/],
  ] as const) {
    writeFileSync(path, file);
    const told = await charla(["verify", path], { env: {} });
    expect(told.stdout).toMatch(line);
    expect(told.code).toBe(code);
  }
  expect((await post("/api/conversations/import", JSON.parse(one))).imported).toHaveLength(1);
});
