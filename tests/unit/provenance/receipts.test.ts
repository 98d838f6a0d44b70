/** A stored answer has its receipt: in the log, provable, also after a crash, and erased with its person. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openHouse } from "../../../src/app/house.ts";
import { readConfig } from "../../../src/config.ts";
import type { Answered, ReceiptFile } from "../../../src/core/receipts.ts";
import { fromBase64, fromHex, utf8 } from "../../../src/core/tlog/bytes.ts";
import { canonical } from "../../../src/core/tlog/canonical.ts";
import { parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import { type Hash, leafHash, verifyInclusion } from "../../../src/core/tlog/merkle.ts";
import { isSignedBy, parseVerifier } from "../../../src/core/tlog/note.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { commitment, promptText } from "../../../src/features/provenance/verify/commitment.ts";
import { CLI, start, temporary } from "../../fixtures/charla.ts";

const SECRET = "the word is xylophone";

/** A server of its own process, so that it can be killed. */
async function serve(home: string) {
  const child = start(process.execPath, [CLI, "serve", "--port", "0"], {
    env: { CHARLA_HOME: join(home, "data") },
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      said += chunk;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(said)));
  });
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
    return reply;
  };
  // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  const json = async (method: string, path: string, body?: unknown): Promise<any> =>
    (await call(method, path, body)).json();
  const ask = async (content: string) => {
    const { id } = await json("POST", "/api/conversations", {});
    const asked = { content, parentId: null };
    const { answer } = await json("POST", `/api/conversations/${id}/turns`, asked);
    const at = `/api/conversations/${id}/messages/${answer.id}`;
    // Ends with the event by which the answer is acknowledged.
    await (await call("GET", `${at}/stream`)).text();
    return `${at}/receipt`;
  };
  return { child, call, json, ask };
}

async function holds(file: ReceiptFile): Promise<void> {
  const { size, root, note } = parseCheckpoint(file.checkpoint);
  expect(await isSignedBy(note, parseVerifier(file.key))).toBe(true);
  const proof = file.proof.map((hash) => fromBase64(hash) as Hash);
  const leaf = leafHash(utf8(canonical(file.entry)));
  expect(verifyInclusion(leaf, file.index, size, proof, root)).toBe(true);
}

test("what was acknowledged has its entry after the process was killed", async () => {
  const home = temporary();
  const first = await serve(home);
  const receipt = await first.ask(SECRET);
  first.child.kill("SIGKILL");
  await new Promise((resolve) => first.child.once("exit", resolve));
  const second = await serve(home);
  const file: ReceiptFile = await second.json("GET", receipt);
  await holds(file);
  const salt = (hex = "") => fromHex(hex) as Uint8Array;
  const { entry, salts, text, prompt } = file;
  expect(commitment(salt(salts.answer), "answer", text ?? "")).toBe(entry.answerC);
  expect(commitment(salt(salts.prompt), "prompt", promptText(prompt ?? []))).toBe(entry.promptC);
  expect(prompt).toContainEqual({ role: "user", content: SECRET });
  expect(commitment(salt(salts.answer), "answer", `${text} `)).not.toBe(entry.answerC);
  // Nothing of anybody is in the entry.
  expect(canonical(entry)).not.toMatch(/xylophone|solo/);

  const done = await second.call("POST", "/api/rights/erase", { confirm: "ERASE" });
  expect(done.status, await done.clone().text()).toBe(200);
  const after: ReceiptFile = await second.json("GET", `/log/entries/${file.index}`);
  await holds(after);
  expect(after).toMatchObject({ entry, text: null, salts: {} });
  expect(after.erasure?.entry).toMatchObject({ kind: "erasure", userTag: entry.userTag });
  expect((await second.call("GET", receipt)).status).toBe(404);
});

test("a receipt that is not stored leaves nothing in the log", async () => {
  const config = readConfig({ engine: "scripted", port: 0, home: temporary() }, {});
  await using house = await openHouse(config, () => {});
  const { db, ledger, others } = house.of(provenance);
  const about: Answered = {
    ...{ owner: "ana", messages: [], text: "", seed: 1, tokens: 0 },
    status: "done",
    ...{ model: { name: "m" }, sampling: { temperature: 1, topP: 1, maxTokens: 1 } },
  };
  const receipt = await others.receipts()?.make(about);
  const failed = db.transaction().execute(async (trx) => {
    await receipt?.store(trx);
    throw new Error("on purpose");
  });
  await expect(failed).rejects.toThrow("on purpose");
  expect((await ledger.checkpoint()).size).toBe(0);
  await others.receipts()?.keep(about);
  expect((await ledger.checkpoint()).size).toBe(1);
});
