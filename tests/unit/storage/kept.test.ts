/** Every data folder that is kept of a version comes up in this one, whole, with its log and its keys. */
import { expect, test } from "vitest";
import { upkeep } from "../../../src/app/upkeep.ts";
import { readConfig } from "../../../src/config.ts";
import type { ReceiptFile } from "../../../src/core/receipts.ts";
import { fromBase64, utf8 } from "../../../src/core/tlog/bytes.ts";
import { canonical, type Json } from "../../../src/core/tlog/canonical.ts";
import { parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import {
  type Hash,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/core/tlog/merkle.ts";
import { isSignedBy, parseVerifier, type Verifier } from "../../../src/core/tlog/note.ts";
import { temporary, urlOf } from "../../fixtures/databases.ts";
import { answersOf, type Kept, look, signIn, unpack, versions } from "../../fixtures/kept.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";

const VERSIONS = versions();

/** This version, on what another one has left. */
async function up(version: string) {
  const home = await temporary();
  const kept = unpack(version, home);
  const databaseUrl = await urlOf(home);
  const watch = { signal: new AbortController().signal, onProgress() {} };
  if (databaseUrl) await upkeep.move({ ...readConfig({ home }, {}), databaseUrl }, watch);
  return { kept, place: await serve({ home }) };
}

test("some are kept", () => expect(VERSIONS).not.toEqual([]));

test.each(VERSIONS)("%s: people sign in, find what they had, and go on", async (version) => {
  const { kept, place } = await up(version);
  const found: Browser[] = [];
  for (const [email, seen] of Object.entries(kept.people)) {
    const who = place.browser();
    await signIn(who, email);
    expect(await look(who)).toMatchObject(seen);
    const [chat] = seen.chats;
    const { items } = await who.must("POST", "/api/conversations/search", { q: chat?.title });
    expect(items.map(({ id }: { id: string }) => id)).toEqual([chat?.id]);
    found.push(who);
  }
  expect((await place.browser().signIn(kept.erased)).status).toBe(401);
  const asked = { model: "scripted", messages: [{ role: "user", content: "Hi" }] };
  const headers = { authorization: `Bearer ${kept.apiKey}` };
  const { status, body } = await place
    .browser()
    .call("POST", "/v1/chat/completions", asked, headers);
  expect([status, body.choices?.[0].message.content]).toEqual([200, "You said: Hi"]);

  const [ana] = found as [Browser, ...Browser[]];
  expect((await ana.must("GET", "/api/audit/verify")).broken).toBeNull();
  if (kept.checkpoint) await provesAll(kept, kept.checkpoint, found);
});

/** What was signed then is the beginning of the log of now, and each receipt holds, as it was and as it is. */
async function provesAll(
  { receipts, people }: Kept,
  checkpoint: string,
  found: readonly Browser[],
) {
  const [ana] = found as [Browser, ...Browser[]];
  const { keys: all } = await ana.must("GET", "/log/keys");
  const keys: Verifier[] = all.map(({ verifier }: { verifier: string }) => parseVerifier(verifier));
  const then = parseCheckpoint(checkpoint);
  const now = parseCheckpoint(await ana.must("GET", "/log/checkpoint"));
  expect(await isSignedBy(then.note, keys[0] as Verifier)).toBe(true);
  expect(now.size).toBeGreaterThan(then.size);
  const between = `/log/consistency?first=${then.size}&second=${now.size}`;
  const proof = (await ana.must("GET", between)).proof.map(fromBase64) as Hash[];
  expect(verifyConsistency(then.size, now.size, proof, then.root, now.root)).toBe(true);

  const answers = Object.values(people).flatMap((seen, at) =>
    answersOf(seen).map((path) => ({ path, who: found[at] })),
  );
  expect(receipts).toHaveLength(answers.length);
  for (const [at, { path, who }] of answers.entries()) {
    const text = receipts[at] ?? "";
    expect(await holds(JSON.parse(text), keys)).toBe(true);
    const again = await who?.must("GET", `${path}/receipt`);
    expect(again.entry).toEqual(JSON.parse(text).entry);
    expect(await holds(again, keys)).toBe(true);
  }
}

/** Whether the entry of a receipt stands in the log that the server has signed. */
async function holds(receipt: ReceiptFile, [key]: readonly Verifier[]): Promise<boolean> {
  const { note, size, root } = parseCheckpoint(receipt.checkpoint);
  const leaf = leafHash(utf8(canonical(receipt.entry as Json)));
  const proof = receipt.proof.map(fromBase64) as Hash[];
  const stands = verifyInclusion(leaf, receipt.index, size, proof, root);
  return stands && (await isSignedBy(note, key as Verifier));
}
