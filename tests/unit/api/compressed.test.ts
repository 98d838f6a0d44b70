/** Large JSON goes compressed to who takes it so; streams, and what holds secrets, never. */
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";

test("replies are compressed where the client takes that", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-compressed-"));
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  const raw = async (path: string, encoding = "gzip, deflate, br") => {
    const headers = { "accept-encoding": encoding };
    const reply = await new Promise<IncomingMessage>((resolve) =>
      get(app.url + path, { headers }, resolve),
    );
    return {
      coding: reply.headers["content-encoding"],
      vary: reply.headers.vary,
      bytes: Buffer.concat(await reply.toArray()),
    };
  };
  const post = async (path: string, body: object) =>
    (await fetch(app.url + path, { method: "POST", body: JSON.stringify(body) })).json() as Promise<
      Record<string, { id: string }> & { id: string }
    >;
  try {
    const packed = await raw("/openapi.json");
    const plain = await raw("/openapi.json", "identity");
    expect([packed.coding, plain.coding, plain.vary]).toEqual([
      "gzip",
      undefined,
      "Accept-Encoding",
    ]);
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4);

    const { id } = await post("/api/conversations", {});
    const { answer } = await post(`/api/conversations/${id}/turns`, {
      content: "Hi",
      parentId: null,
    });
    const stream = await raw(`/api/conversations/${id}/messages/${answer?.id}/stream`);
    expect(stream.coding).toBeUndefined();
    const chat = await raw(`/api/conversations/${id}`);
    expect(JSON.parse(gunzipSync(chat.bytes).toString()).id).toBe(id);
    const markdown = await raw(`/api/conversations/${id}/export?format=markdown`);
    expect(markdown.coding).toBeUndefined();
  } finally {
    await app.stop();
    rmSync(home, { recursive: true });
  }
});
