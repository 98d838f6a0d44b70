/**
 * Voice in the page, with a microphone that plays a file: what Piper says there, Whisper writes down here.
 * Real models, a real recording; only the air between is missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PATIENCE_MS, withVoice } from "../with-model/voice/home.ts";
import {
  answers,
  composer,
  expectClean,
  findings,
  open,
  openPanel,
  questions,
  say,
  settled,
  withBrowser,
} from "./browser.ts";
import { type Served, serve } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "charla-mic-"));
const MICROPHONE = join(folder, "microphone.wav");
/** What is said into it, after so much silence, and how long both take with the silence behind it. */
const SAID = "The train to the north leaves at noon.";
const SILENCE_S = 2;
let seconds = 0;

const STORY =
  "The first sentence is short. The second one comes a little later. And this is the last.";
let server: Served;
beforeAll(async () => {
  const home = mkdtempSync(join(folder, "home-"));
  await withVoice(home);
  server = await serve({ home, script: { reply: () => STORY, tokenMs: 250 } });
  const body = JSON.stringify({ input: SAID, voice: "piper-joe" });
  const headers = { "content-type": "application/json" };
  const reply = await fetch(`${server.url}/v1/audio/speech`, { method: "POST", headers, body });
  const speech = Buffer.from(await reply.arrayBuffer());
  const rate = speech.readUInt32LE(24);
  const silence = Buffer.alloc(2 * rate * SILENCE_S);
  const sound = Buffer.concat([silence, speech.subarray(44), silence]);
  const head = Buffer.from(speech.subarray(0, 44));
  head.writeUInt32LE(36 + sound.length, 4);
  head.writeUInt32LE(sound.length, 40);
  writeFileSync(MICROPHONE, Buffer.concat([head, sound]));
  seconds = sound.length / 2 / rate;
}, PATIENCE_MS);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
withBrowser(
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-audio-capture=${MICROPHONE}`,
  "--autoplay-policy=user-gesture-required",
);

const microphone = (page: Page) => page.getByRole("button", { name: "Dictate" });
const spokenOf = (page: Page) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/v1/audio/speech"))
      asked.push(JSON.parse(request.postData() ?? "").input);
  });
  return asked;
};

test("what is said stands in the composer, to be read before it is sent", async () => {
  const watched = await open(server.url);
  const { page } = watched;
  await page.context().grantPermissions(["microphone"]);
  await composer(page).fill("Please note:");
  // A short click: it listens until the next one.
  await microphone(page).click();
  await page.getByText("Listening…").waitFor();
  expect(await findings(page)).toEqual([]);
  // As long as the sound takes, which is not a matter of how fast this machine is.
  await page.waitForTimeout(seconds * 1000);
  await page.getByRole("button", { name: "Done" }).click();
  await expect
    .poll(() => composer(page).inputValue(), { timeout: 60_000 })
    .toMatch(/^Please note: .*north.*noon/i);
  // Nothing was asked of the model.
  expect(await answers(page).count()).toBe(0);
  expect(await microphone(page).getAttribute("aria-pressed")).toBe("false");

  // By the keyboard alone, and thrown away.
  await composer(page).fill("");
  await microphone(page).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Listening…").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Listening…").waitFor({ state: "detached" });

  // What is held for a moment of silence gives no text, and says so.
  await page.evaluate(`navigator.mediaDevices.getUserMedia = async () =>
    {
      const context = new AudioContext();
      const [source, to] = [context.createConstantSource(), context.createMediaStreamDestination()];
      source.offset.value = 0;
      source.connect(to);
      source.start();
      return to.stream;
    }`);
  const place = await microphone(page).boundingBox();
  if (!place) throw new TypeError("it has no place");
  await page.mouse.move(place.x + 5, place.y + 5);
  await page.mouse.down();
  await page.getByText("Listening…").waitFor();
  await page.waitForTimeout(700);
  await page.mouse.up();
  await page.getByText("Nothing was heard.").waitFor({ timeout: 60_000 });
  expect(await composer(page).inputValue()).toBe("");
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
});

test("without permission, or without HTTPS, it is said what to do", async () => {
  const denied = await open(server.url);
  await microphone(denied.page).click();
  await denied.page.getByText("does not let this page use the microphone").waitFor();
  expect(await findings(denied.page)).toEqual([]);
  await denied.close();

  const insecure = await open("about:blank");
  await insecure.page.addInitScript(
    "Object.defineProperty(globalThis, 'isSecureContext', { get: () => false })",
  );
  await insecure.page.goto(server.url);
  await microphone(insecure.page).click();
  await insecure.page.getByText("HTTPS").waitFor();
  await insecure.close();
});

test("an answer is read aloud, paused, and stopped; and others while they are written", async () => {
  const watched = await open(server.url);
  const { page } = watched;
  const spoken = spokenOf(page);
  await say(page, "Tell me something.");
  await settled(page);
  await page.getByRole("button", { name: "More for this message" }).last().click();
  await page.getByRole("menuitem", { name: "Read aloud" }).click();
  const reader = page.getByRole("region", { name: "Reading aloud" });
  await reader.getByText("Reading the answer aloud").waitFor({ timeout: 60_000 });
  expect(spoken[0]).toBe("The first sentence is short.");
  await reader.getByRole("button", { name: "Pause" }).click();
  await reader.getByText("Paused").waitFor();
  expect(await findings(page)).toEqual([]);
  await reader.getByRole("button", { name: "Go on reading" }).click();
  // It ends by itself, with every sentence said.
  await reader.waitFor({ state: "detached", timeout: 60_000 });
  expect(spoken).toEqual(STORY.split(/(?<=\.) /));

  await openPanel(page, "Voice");
  const panel = page.getByRole("dialog", { name: "Voice" });
  await panel.getByText("Whisper base").waitFor();
  expect(await findings(page)).toEqual([]);
  await panel.getByLabel("Read answers aloud as they are written").check();
  await panel.getByRole("button", { name: "Close" }).click();
  spoken.length = 0;
  await say(page, "And another.");
  // The first sentence is asked for before the last is written.
  await expect.poll(() => spoken.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(await answers(page).last().textContent()).not.toContain("the last.");
  await reader.getByText("Reading the answer aloud").waitFor({ timeout: 60_000 });
  // Who speaks is not to be heard over it: to listen ends the reading.
  await page.context().grantPermissions(["microphone"]);
  await microphone(page).click();
  await page.getByText("Listening…").waitFor();
  await reader.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  expectClean(watched);
  await watched.close();
});

test("hands-free: silence sends, the answer is read with the microphone closed, and it goes on", async () => {
  const watched = await open(server.url);
  const { page } = watched;
  await page.context().grantPermissions(["microphone"]);
  await page.addInitScript(`
    const given = [];
    const { mediaDevices } = navigator;
    const get = mediaDevices?.getUserMedia.bind(mediaDevices);
    if (get) mediaDevices.getUserMedia = async (about) => {
      const stream = await get(about);
      given.push(...stream.getTracks());
      return stream;
    };
    globalThis.listening = () => given.filter(({ readyState }) => readyState === "live").length;
    globalThis.opened = () => given.length;
  `);
  await page.reload();
  const spoken = spokenOf(page);
  await composer(page).fill("A question:");
  await page.getByRole("button", { name: "Add to your message" }).click();
  await page.getByRole("menuitem", { name: "Talk hands-free" }).click();
  const bar = page.getByRole("region", { name: "Hands-free" });
  await bar.getByText("Listening. Speak whenever you like.").waitFor();
  expect(await page.evaluate("listening()")).toBe(1);
  expect(await findings(page)).toEqual([]);
  await bar.getByText("You are speaking…").waitFor();
  // Nobody presses anything: the pause ends it, and the words are seen before they are sent.
  await bar.getByText(/Sending: “.*north.*noon/i).waitFor({ timeout: 60_000 });
  expect(await page.evaluate("listening()")).toBe(0);
  await questions(page)
    .getByText(/^A question: .*north.*noon/i)
    .waitFor();
  await bar.getByText("Reading the answer aloud; the microphone is closed.").waitFor({
    timeout: 60_000,
  });
  expect(await page.evaluate("listening()")).toBe(0);
  expect(await composer(page).inputValue()).toBe("");
  expect(await findings(page)).toEqual([]);
  // It has read all of it before it listens again, by a microphone that is opened anew.
  await bar.getByText("You are speaking…").waitFor({ timeout: 60_000 });
  expect(spoken).toEqual(STORY.split(/(?<=\.) /));
  expect(await page.evaluate("opened()")).toBe(2);

  // A key ends the reading, and what is still being written, and it listens.
  await bar.getByText("Reading the answer aloud; the microphone is closed.").waitFor({
    timeout: 60_000,
  });
  expect(await questions(page).count()).toBe(2);
  spoken.length = 0;
  await page.keyboard.press("Enter");
  await bar.getByText("Listening. Speak whenever you like.").waitFor();
  expect(spoken.length).toBeLessThan(3);
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate("listening()")).toBe(0);
  expect(await page.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");

  // Who leaves the page is not listened to any more.
  await page.getByRole("button", { name: "Add to your message" }).click();
  await page.getByRole("menuitem", { name: "Talk hands-free" }).click();
  await bar.getByText("Listening. Speak whenever you like.").waitFor();
  await page.evaluate(`
    Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
  await page.getByRole("alert").getByText("since you have left this page").waitFor();
  await expect.poll(() => page.evaluate("listening()")).toBe(0);
  expect(await questions(page).count()).toBe(2);
  expectClean(watched);
  await watched.close();
});

test("where nothing can hear, it is said what that takes, and the policy can switch it off", async () => {
  await using bare = await serve();
  const watched = await open(bare.url);
  const { page } = watched;
  await composer(page).waitFor();
  await page.getByRole("button", { name: "Add to your message" }).click();
  await page.getByRole("menuitem", { name: "Dictate…" }).click();
  await page.getByRole("button", { name: "What it takes" }).click();
  const panel = page.getByRole("dialog", { name: "Voice" });
  await panel.getByRole("button", { name: /^Download the usual parts \(295 MB\)$/ }).waitFor();
  expect(await microphone(page).count()).toBe(0);
  expect(await findings(page)).toEqual([]);
  expectClean(watched);
  await watched.close();
  await bare.stop();

  writeFileSync(join(bare.home, "policy.toml"), "[voice]\nenabled = false\n");
  await using off = await serve({ home: bare.home });
  const reply = await fetch(off.url);
  expect(reply.headers.get("permissions-policy")).toContain("microphone=()");
  expect((await fetch(`${off.url}/api/voice`)).status).toBe(404);
  const other = await open(off.url);
  await composer(other.page).waitFor();
  await other.page.getByRole("button", { name: "Add to your message" }).click();
  await other.page.getByRole("menu", { name: "Add to your message" }).waitFor();
  expect(await other.page.getByRole("menuitem", { name: "Dictate…" }).count()).toBe(0);
  await other.close();
});
