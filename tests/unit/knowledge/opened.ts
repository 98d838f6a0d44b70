/** The feature over HTTP with a database of its own, and files for it. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Openable, Opened } from "../../../src/core/feature.ts";
import type { KnownFile } from "../../../src/features/knowledge/api.ts";
import type { Offered } from "../../../src/features/knowledge/meaning/model.ts";
import type { MakeTools } from "../../../src/features/knowledge/meaning/tools.ts";
import { knowledge } from "../../../src/features/knowledge/open.ts";
import { jobTables } from "../../../src/jobs/tables.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { jobsOn } from "../../fixtures/jobs.ts";
import { sealing } from "../../fixtures/vault.ts";
import { serve } from "../core/serve.ts";

const offer = (file: Buffer): Offered => ({
  ...{ name: "tiny", licence: "MIT", bytes: file.length },
  digest: createHash("sha256").update(file).digest("hex"),
});

/** Of a test that has no model of meaning. */
const none: MakeTools = async () => {
  throw new TypeError("the test gives no tools");
};

/** @param meaning a model in place of the one of 74 MB, and what opens it */
export async function opened(
  policy: object = {},
  meaning?: { readonly tools: MakeTools; readonly file: Buffer },
) {
  const offered = meaning && offer(meaning.file);
  const feature = knowledge(meaning?.tools ?? none, offered);
  const stops: (() => unknown)[] = [];
  const tools: NonNullable<Opened["tools"]>[] = [];
  const jobs: NonNullable<Opened["jobs"]>[number][] = [];
  /** The texts that went through the intake. */
  const cleaned: string[] = [];
  const stopped: Openable = {
    ...feature,
    open(house) {
      const one = feature.open?.(house) ?? {};
      stops.push(() => one.stop?.());
      jobs.push(...(one.jobs ?? []));
      if (one.tools) tools.push(one.tools);
      return {
        ...one,
        async intake({ text }) {
          cleaned.push(text);
          return text;
        },
      };
    },
  };
  const features = [stopped];
  const database = await freshDatabase([vaultTables, jobTables, ...features]);
  const given = sealing(database);
  const settings = { home: database.home };
  const running = jobsOn(given, { kinds: () => jobs });
  const house = { ...given, jobs: running, settings, policy: { files: policy } };
  if (meaning && offered) {
    mkdirSync(join(database.home, "meaning"));
    writeFileSync(join(database.home, "meaning", `${offered.name}-q4_0.gguf`), meaning.file);
  }
  const served = await serve(undefined, features, [], house);
  await running.opened.start?.();
  onTestFinished(async () => {
    await running.opened.stop?.();
    for (const stop of stops) await stop();
    await served[Symbol.asyncDispose]();
  });
  return { ...database, vault: given.vault, served, tools, cleaned, ...asking(served.url) };
}

/** What tests ask of a server. */
export function asking(url: string) {
  const call = async (method: string, path: string, body?: string | Uint8Array | object) => {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const reply = await fetch(url + path, {
      method,
      ...(body !== undefined && {
        body: raw ? (body as NonNullable<RequestInit["body"]>) : JSON.stringify(body),
      }),
      ...(raw && { headers: { "content-type": "application/octet-stream" } }),
    });
    const text = await reply.text();
    // biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
    return { status: reply.status, headers: reply.headers, text, body: parsed(text) as any };
  };
  const give = async (name: string, content: string | Uint8Array): Promise<KnownFile> =>
    (await call("POST", `/api/files?name=${encodeURIComponent(name)}`, content)).body;
  const state = async (id: string): Promise<KnownFile> =>
    (await call("GET", `/api/files/${id}`)).body;
  /** Once its text was taken out, or could not be. */
  const read = async (name: string, content: string | Uint8Array): Promise<KnownFile> => {
    const { id } = await give(name, content);
    for (;;) {
      const file = await state(id);
      if (file.state === "ready" || file.state === "failed") return file;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { call, give, read, state };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
