/**
 * Anonymous proofs, the whole way: a secret in the browser, twenty answers, a proof that a worker makes
 * by the real circuit (fetched by npm once, kept in `node_modules/.cache`), and its verifiers.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { makeFolder } from "../../src/core/folder.ts";
import { fieldText } from "../../src/features/provenance/membership/identity.ts";
import { fetchParts } from "../../src/features/provenance/membership/parts.ts";
import { verify } from "../../src/features/provenance/verify/verify.ts";
import { charla, temporary } from "../fixtures/charla.ts";
import { expectClean, findings, open, openPanel, say, settled, withBrowser } from "./browser.ts";
import { serve } from "./server.ts";

withBrowser();

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const FILE = root("dist/web/verifier.html");
const CACHE = root("node_modules/.cache/membership");
/** For the download of 109 MB, and a proof on a busy machine. */
const PATIENCE = 300_000;

async function homeWithParts(): Promise<string> {
  makeFolder(CACHE);
  await fetchParts(CACHE, () => {}, AbortSignal.timeout(PATIENCE));
  const home = temporary();
  cpSync(join(CACHE, "addons"), join(home, "addons"), { recursive: true });
  return home;
}

/** Answers of others, each with a leaf. */
async function others(url: string, from: number, to: number): Promise<void> {
  for (let one = from; one < to; one++) {
    const leaf = fieldText(BigInt(one + 1) * 1_000_003n);
    const messages = [{ role: "user", content: "hello" }];
    const reply = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "charla-zk-leaf": leaf },
      body: JSON.stringify({ model: "scripted", messages }),
    });
    expect(reply.status, await reply.text()).toBe(200);
  }
}

async function saved(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent("download", { timeout: PATIENCE });
  await page.getByRole("button", { name: button }).click();
  return readFileSync(await (await download).path(), "utf8");
}

async function asked(page: Page, scope: string, challenge: string): Promise<void> {
  await page.getByLabel("For whom").fill(scope);
  await page.getByLabel("Their challenge").fill(challenge);
}

test(
  "a secret is made, kept and lost in the browser, and proves once there are twenty",
  async () => {
    const home = await homeWithParts();
    await using server = await serve({ home });
    const own = await open(server.url);
    const { page } = own;
    await openPanel(page, "Anonymous proofs");
    await page.getByText(/There are 0 secrets in the log\. Under 20 a proof would/).waitFor();
    await page.getByRole("button", { name: "Make a secret" }).click();
    await page.getByText("Questions asked with it: 0.").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");

    const leaves: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/turns")) leaves.push(request.headers()["charla-zk-leaf"]);
    });
    await say(page, "Hello?");
    await settled(page);
    expect(leaves).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    await others(server.url, 0, 19);

    await openPanel(page, "Anonymous proofs");
    await page.getByText("There are 20 secrets in the log").waitFor();
    await asked(page, "press.example", "first");
    const proof = await saved(page, "Make the proof");
    await page.getByText("The proof is saved as charla-proof.json.").waitFor();
    expect(await findings(page)).toEqual([]);
    const expected = { scope: "press.example", challenge: "first" };
    const report = await verify(proof, { expected });
    expect(report.verdict, JSON.stringify(report.receipts)).toBe("holds");
    // Neither the leaf nor the secret is in it.
    const secret = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    const { master } = JSON.parse(JSON.parse(secret)["charla.membership."]);
    for (const hidden of [leaves[0] ?? "", master]) expect(proof).not.toContain(hidden);

    // A proof that is stopped leaves the form as it is.
    await asked(page, "press.example", "third");
    await page.getByRole("button", { name: "Make the proof" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
    expect(await page.getByLabel("Their challenge").inputValue()).toBe("third");

    // Gone without a copy; back with one.
    const copy = await saved(page, "Save a copy");
    await page.getByRole("button", { name: "Delete the secret" }).click();
    await page.getByText("Without a copy you can never prove again").waitFor();
    await page.getByRole("button", { name: "Delete the secret" }).click();
    await page.getByText("Make a secret first").waitFor();
    const file = { name: "charla-secret.json", mimeType: "application/json" };
    const chooser = page.getByLabel("Take in a copy…");
    await chooser.setInputFiles({ ...file, buffer: Buffer.from('{"format":"charla.secret"}') });
    await page.getByText("This file is no copy of a secret.").waitFor();
    await chooser.setInputFiles({ ...file, buffer: Buffer.from(copy) });
    await page.getByText("Questions asked with it: 1,001.").waitFor();
    // Another proof for the same name has the same number; its verifier does not take it.
    await asked(page, "press.example", "second");
    const second = await saved(page, "Make the proof");
    const { nullifier } = JSON.parse(proof).semaphore;
    expect(JSON.parse(second).semaphore.nullifier).toBe(nullifier);
    expectClean(own);

    await checkedByAll(server.url, proof, second, nullifier);
  },
  2 * PATIENCE,
);

/** The page, the file from the disk, and the command. */
async function checkedByAll(url: string, proof: string, second: string, nullifier: string) {
  const { page } = await open(`${url}/verify`);
  await page.getByRole("textbox", { name: "Text, receipt or export" }).fill(proof);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByRole("heading", { name: "It may hold: say what you have asked for." }).waitFor();
  await page.getByLabel("The name that you have given out").fill("press.example");
  await page.getByLabel("The challenge that you have given out").fill("first");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("heading", { name: "Proved: it comes from somebody who has" }).waitFor();
  expect(await findings(page)).toEqual([]);

  const offline = await open(pathToFileURL(FILE).href, { offline: true });
  const file = offline.page;
  await file.getByLabel("Receipt or export").fill(second);
  await file.getByText("Compare with a text").click();
  await file.getByLabel("Of an anonymous proof: the name").fill("press.example");
  await file.getByLabel("Of an anonymous proof: the challenge").fill("second");
  await file.getByRole("button", { name: "Check" }).click();
  await file.getByRole("heading", { name: "Proved: it comes from somebody who has" }).waitFor();
  await file.getByLabel("Numbers of the proofs that you took before").fill(nullifier);
  await file.getByRole("button", { name: "Check" }).click();
  await file.getByText("this secret was used for you before").waitFor();
  expect(offline.faults).toEqual([]);

  const path = join(temporary(), "proof.json");
  writeFileSync(path, proof);
  const wanted = ["--scope", "press.example", "--challenge", "first"];
  expect(await charla(["verify", path, ...wanted], { env: {} })).toMatchObject({ code: 0 });
  expect((await charla(["verify", path, "--scope", "you"], { env: {} })).code).toBe(1);
}
