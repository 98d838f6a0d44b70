/** The process that hears and speaks, with an engine that does what a test wants: its real limits. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Asked } from "../../../src/features/voice/process/protocol.ts";
import { LIMITS, VoiceQueue } from "../../../src/features/voice/process/queue.ts";
import { temporary } from "../../fixtures/charla.ts";

/** It speaks as many samples as the text has letters, and does what some texts say. */
const ENGINE = `
import { writeFileSync } from "node:fs";
class OfflineTts {
  async generateAsync({ text }) {
    if (text === "hang") for (;;);
    if (text === "die") process.kill(process.pid, "SIGKILL");
    if (text === "refuse") throw new Error("no");
    if (text === "eat") { globalThis.eaten = Buffer.alloc(400e6, 1); await new Promise(() => {}); }
    if (text === "write") writeFileSync(process.argv[2] + ".txt", "x");
    if (text === "environment") return { samples: new Float32Array(Object.keys(process.env).length), sampleRate: 1 };
    return { samples: new Float32Array(text.length), sampleRate: 8000 };
  }
}
class OfflineRecognizer {
  createStream() { return { acceptWaveform(wave) { this.count = wave.samples.length; } }; }
  setConfig({ modelConfig }) { this.language = modelConfig.whisper?.language; }
  async decodeAsync(stream) { return { text: " " + stream.count + " " + (this.language ?? "-"), lang: "<|es|>" }; }
}
export default { OfflineTts, OfflineRecognizer };
`;

function queue(limits: Partial<typeof LIMITS> = {}) {
  const entry = join(temporary(), "entry.mjs");
  writeFileSync(entry, ENGINE);
  const made = new VoiceQueue(async () => entry, { ...LIMITS, ...limits });
  onTestFinished(() => made.stop());
  return made;
}
const voice = { id: "v", kind: "piper", model: "m", tokens: "t", data: "d" } as const;
const say = (text: string): Asked => ({ type: "speak", voice, text, speed: 1 });
const never = new AbortController().signal;
const LONG = 60_000;

test("it speaks and hears, one after the other, and tells a recogniser another language", async () => {
  const by = queue();
  const spoken = await by.ask(say("hello"), "ana", LONG, never);
  expect(spoken).toMatchObject({ type: "spoken", sound: { rate: 8000 } });
  const model = { id: "w", kind: "whisper", encoder: "e", decoder: "d", tokens: "t" } as const;
  const sound = { samples: new Float32Array(7), rate: 8000 };
  const hear = (language: string): Asked => ({ type: "hear", model, sound, language });
  const first = await by.ask(hear("en"), "ana", LONG, never);
  expect(first).toEqual({ type: "heard", text: "7 -", language: "es" });
  const second = await by.ask(hear("es"), "ana", LONG, never);
  expect(second).toMatchObject({ text: "7 es" });
});

test("what hangs, dies, fails or takes too much memory ends, and the next is served", async () => {
  const by = queue({ memoryBytes: 300e6 });
  await by.ask(say("warm"), "ana", LONG, never);
  await expect(by.ask(say("die"), "ana", LONG, never)).rejects.toMatchObject({
    code: "voice_failed",
  });
  await expect(by.ask(say("refuse"), "ana", LONG, never)).rejects.toMatchObject({
    code: "voice_failed",
  });
  await expect(by.ask(say("hang"), "ana", 300, never)).rejects.toMatchObject({
    code: "voice_too_heavy",
  });
  if (process.platform === "linux")
    await expect(by.ask(say("eat"), "ana", LONG, never)).rejects.toMatchObject({
      code: "voice_too_heavy",
    });
  expect(await by.ask(say("fine"), "ana", LONG, never)).toMatchObject({ type: "spoken" });
});

test("it may write nothing", async () => {
  const by = queue();
  await expect(by.ask(say("write"), "ana", LONG, never)).rejects.toMatchObject({
    code: "voice_failed",
  });
});

test("whoever was not served last is next, and one person cannot fill the queue", async () => {
  const by = queue({ waitingOfOne: 2, waiting: 4 });
  const order: string[] = [];
  const ask = (who: string, text: string) =>
    by.ask(say(text), who, LONG, never).then(
      () => void order.push(text),
      ({ code }) => void order.push(code),
    );
  const asked = [ask("ana", "a1"), ask("ana", "a2"), ask("ana", "a3"), ask("eva", "e1")];
  await Promise.all(asked);
  // The first is taken at once; while it runs two more may wait.
  expect(order.filter((one) => one === "voice_busy").length).toBeLessThanOrEqual(1);
  expect(order.indexOf("e1")).toBeLessThan(order.indexOf("a2"));
});

test("whoever goes away leaves the queue at once", async () => {
  const by = queue();
  const leaving = new AbortController();
  const first = by.ask(say("one"), "ana", LONG, never);
  const second = by.ask(say("hang"), "ana", LONG, leaving.signal);
  leaving.abort(new Error("gone"));
  await expect(second).rejects.toThrow("gone");
  await first;
  expect(await by.ask(say("three"), "ana", LONG, never)).toMatchObject({ type: "spoken" });
});
