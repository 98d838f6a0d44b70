/**
 * `npm run bench:offline -- [ROUNDS]`: how fast the page without a server answers, against wllama used as its
 * own documentation shows it, with the same file in the same Chromium, one after the other. Wants a built page
 * and `CHARLA_TEST_MODEL`, the starter model's file.
 */
import { createReadStream, statSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { median } from "../../src/core/statistics.ts";
import { CATALOGUE, STARTER } from "../../src/engines/library/catalogue.ts";
import { serve } from "../../tests/with-browser/server.ts";

const rounds = Number(process.argv[2] ?? 5);
const model = process.env.CHARLA_TEST_MODEL;
if (!model) throw new Error("Set CHARLA_TEST_MODEL to the starter model's file; `npm test` does.");

const TOKENS = 64;
const QUESTIONS = ["Tell me about the sea.", "And what lives in rivers?"] as const;

interface Measured {
  readonly tokensPerSecond: number;
  /** Of the second question, in milliseconds. */
  readonly secondMs: number;
}

/** As in the README of wllama, "Simple usage", with the settings of our own chats. */
const THEIRS = `<!doctype html><title>wllama</title><script type="module">
import { Wllama } from "./esm/index.js";
globalThis.measure = async (questions, tokens) => {
  const wllama = new Wllama({ default: "./esm/wasm/wllama.wasm" });
  const file = await (await fetch("./model.gguf")).blob();
  await wllama.loadModel([file], { n_ctx: 8192 });
  const messages = [];
  const told = [];
  for (const content of questions) {
    messages.push({ role: "user", content });
    const began = performance.now();
    const stream = await wllama.createChatCompletion({
      messages, max_tokens: tokens, temperature: 0, stream: true,
    });
    let text = "", first, count = 0;
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content;
      if (!piece) continue;
      first ??= performance.now();
      count += 1;
      text += piece;
    }
    const seconds = (performance.now() - first) / 1000;
    messages.push({ role: "assistant", content: text });
    told.push({ tokensPerSecond: (count - 1) / seconds, firstMs: first - began });
  }
  return { threads: wllama.getNumThreads(), told };
};
</script>`;

async function theirServer(): Promise<Server> {
  const package_ = fileURLToPath(
    new URL("../..", import.meta.resolve("@wllama/wllama/esm/wasm/wllama.wasm")),
  );
  const types = { js: "text/javascript", wasm: "application/wasm" } as Record<string, string>;
  const server = createServer((request, response) => {
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    const path = request.url ?? "/";
    if (path === "/") return response.setHeader("content-type", "text/html").end(THEIRS);
    if (!/^\/(model\.gguf|esm\/[\w/.-]+)$/.test(path)) return response.writeHead(404).end();
    const file = path === "/model.gguf" ? (model as string) : join(package_, path);
    response.setHeader("content-type", types[path.split(".").at(-1) ?? ""] ?? "text/plain");
    response.setHeader("content-length", statSync(file).size);
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function theirs(browser: Browser, url: string): Promise<Measured> {
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(url);
  await page.waitForFunction("globalThis.measure");
  const { told } = (await page.evaluate(`measure(${JSON.stringify(QUESTIONS)}, ${TOKENS})`)) as {
    told: { tokensPerSecond: number; firstMs: number }[];
  };
  await page.close();
  return { tokensPerSecond: told[0]?.tokensPerSecond ?? 0, secondMs: told[1]?.firstMs ?? 0 };
}

async function send(page: Page, text: string, nth: number) {
  await page.getByLabel("Message").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  const note = page.locator(".offline-note").nth(nth);
  await note.waitFor();
  const numbers = /([\d,.]+) tokens\/s, first one after ([\d.]+) s/.exec(
    (await note.textContent()) ?? "",
  );
  return { tokensPerSecond: Number(numbers?.[1]), firstMs: Number(numbers?.[2]) * 1000 };
}

async function ours(page: Page, url: string): Promise<Measured> {
  await page.goto(`${url}/offline`);
  await page.getByRole("button", { name: "Settings of this chat" }).click();
  await page.getByLabel("Temperature").fill("0");
  await page.getByLabel("Longest answer, in tokens").fill(String(TOKENS));
  await page.getByRole("button", { name: "Save" }).click();
  // As theirs, the model is loaded before the clock runs.
  await page.locator('.dock > [role="status"]:empty').waitFor({ state: "attached" });
  const first = await send(page, QUESTIONS[0], 0);
  const second = await send(page, QUESTIONS[1], 1);
  return { tokensPerSecond: first.tokensPerSecond, secondMs: second.firstMs };
}

const folder = await mkdtemp(join(tmpdir(), "charla-offline-"));
await mkdir(join(folder, "models"));
const starter = CATALOGUE.filter(({ id }) => id === STARTER);
for (const { hub } of starter) await symlink(model, join(folder, "models", hub.file));
const server = await serve({ home: folder, library: { catalogue: starter } });
const other = await theirServer();
const otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
const executablePath = process.env.CHARLA_CHROME ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ locale: "en-GB" });
const page = await context.newPage();
page.setDefaultTimeout(300_000);
await page.goto(server.url);
await page.evaluate("navigator.serviceWorker.ready.then(() => true)");
await page.locator(".foot-button").click();
await page.getByRole("menuitem", { name: "Take along" }).click();
await page.getByRole("dialog").getByRole("button", { name: "Take along" }).click();
await page.getByText("In this browser").waitFor();
// What counts is the page without its server.
await server.stop();

const measured: { ours: Measured; theirs: Measured }[] = [];
for (let round = 0; round < rounds; round += 1) {
  const one = { ours: await ours(page, server.url), theirs: await theirs(browser, otherUrl) };
  measured.push(one);
  console.log(JSON.stringify(one));
}
const of = (pick: (one: (typeof measured)[number]) => number) => median(measured.map(pick));
const speeds = [of(({ ours }) => ours.tokensPerSecond), of(({ theirs }) => theirs.tokensPerSecond)];
const seconds = [of(({ ours }) => ours.secondMs), of(({ theirs }) => theirs.secondMs)];
const ratio = of(({ ours, theirs }) => ours.tokensPerSecond / theirs.tokensPerSecond);
console.log(
  `Chromium ${browser.version()}, ${availableParallelism()} cores, ${rounds} rounds, medians`,
);
console.log(
  `tokens/s: page ${speeds[0]?.toFixed(1)}, wllama ${speeds[1]?.toFixed(1)}, ratio ${ratio.toFixed(2)}`,
);
console.log(
  `first token of the second question: page ${Math.round(seconds[0] ?? 0)} ms, wllama ${Math.round(seconds[1] ?? 0)} ms`,
);
await browser.close();
other.close();
await rm(folder, { recursive: true, force: true });
