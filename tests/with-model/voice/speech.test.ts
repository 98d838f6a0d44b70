/**
 * The round trip with real models: a text is spoken by Piper and Kokoro and written down by Whisper, over
 * HTTP, through OpenAI's own client.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { readWav, writeWav } from "../../../src/features/voice/sound/wav.ts";
import { Turns } from "../../../src/features/voice/turns.ts";
import { PATIENCE_MS, withVoice } from "./home.ts";

const home = mkdtempSync(join(tmpdir(), "charla-voice-"));
let app: App;
let openai: OpenAI;
beforeAll(async () => {
  await withVoice(home);
  const config = readConfig({}, { CHARLA_PORT: "0", CHARLA_HOME: home, CHARLA_DRAIN_SECONDS: "0" });
  app = await startApp(config, () => {}, { engines: only(scripted()) });
  openai = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "none", maxRetries: 0 });
}, PATIENCE_MS);
afterAll(async () => {
  await app.stop();
  rmSync(home, { recursive: true, force: true });
});

const spoken = async (input: string, voice: string): Promise<Buffer> => {
  const asked = { model: "tts-1", voice, input, response_format: "wav" } as const;
  const reply = await openai.audio.speech.create(asked);
  expect(reply.headers.get("content-type")).toBe("audio/wav");
  return Buffer.from(await reply.arrayBuffer());
};
const file = (wav: Uint8Array) => toFile(wav, "speech.wav");
/** How many of the words were not heard: voices speak a little differently each time. */
const lost = (said: readonly string[], text: string): number => {
  const heard = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return said.filter((word) => !heard.has(word)).length;
};

test("the page is told what is here", async () => {
  const reply = (await (await fetch(`${app.url}/api/features`)).json()) as Record<string, object>;
  expect(reply.voice).toMatchObject({ enabled: true, hears: "es,en", speaks: "es,en" });
  const door = await fetch(app.url);
  expect(door.headers.get("permissions-policy")).toContain("microphone=(self)");
  expect(door.headers.get("permissions-policy")).toContain("geolocation=()");
});

test("English: Piper speaks, Whisper writes it down, as text and with its places", async () => {
  const wav = await spoken(
    "The train to the north leaves at noon. Bring a warm coat.",
    "piper-joe",
  );
  const { text } = await openai.audio.transcriptions.create({
    ...{ model: "whisper-1", file: await file(wav), language: "en" },
  });
  expect(lost(["train", "north", "noon", "warm", "coat"], text)).toBeLessThan(2);
  const told = await openai.audio.transcriptions.create({
    ...{ model: "whisper-base", file: await file(wav), response_format: "verbose_json" },
  });
  // Nobody has said which language it is.
  expect(told.language).toBe("en");
  expect(told.duration).toBeCloseTo(readWav(wav).samples.length / 22_050, 1);
  expect(told.segments?.length).toBeGreaterThan(0);
});

test("Spanish: Kokoro speaks, Whisper writes it down, and knows the language by itself", async () => {
  const wav = await spoken("La factura vence mañana por la tarde.", "kokoro-dora");
  const asked = { model: "whisper-1", file: await file(wav) };
  const told = await openai.audio.transcriptions.create({
    ...asked,
    response_format: "verbose_json",
  });
  expect(told.language).toBe("es");
  expect(lost(["factura", "vence", "mañana", "tarde"], told.text)).toBeLessThan(2);
});

test("what Piper says in a room with a fan is one turn, whose end the page notices", async () => {
  const { samples, rate } = readWav(
    await spoken("The train to the north leaves at noon, and I still need a ticket.", "piper-joe"),
  );
  const turns = new Turns(rate);
  let fan = 0;
  const heard = (count: number, said: Float32Array = new Float32Array(count)) =>
    turns.push(
      said.map((one) => {
        fan = 0.995 * fan + 0.002 * (Math.random() - 0.5);
        return one + fan;
      }),
    );
  expect(heard(2 * rate)).toEqual([]);
  expect(heard(samples.length, samples)).toEqual(["begins"]);
  expect(heard(2 * rate)).toEqual(["ends"]);
});

test("Opus goes both ways: in Ogg as it is spoken, and in WebM as browsers record it", async () => {
  const asked = { model: "tts-1", voice: "piper-joe", response_format: "opus" } as const;
  const input = "The train to the north leaves at noon. Bring a warm coat.";
  const reply = await openai.audio.speech.create({ ...asked, input });
  expect(reply.headers.get("content-type")).toBe("audio/ogg");
  const ogg = Buffer.from(await reply.arrayBuffer());
  expect(ogg.subarray(0, 4).toString()).toBe("OggS");
  const heard = async (bytes: Uint8Array, name: string) => {
    const file = await toFile(bytes, name);
    return openai.audio.transcriptions.create({
      ...{ model: "whisper-1", file, language: "en", response_format: "verbose_json" },
    });
  };
  const told = await heard(ogg, "speech.ogg");
  expect(lost(["train", "north", "noon", "warm", "coat"], told.text)).toBeLessThan(2);
  // A tenth of what WAV takes, and as long as what was said.
  expect(ogg.length).toBeLessThan(told.duration * 6000);
  const webm = await heard(await inWebm(ogg), "recording.webm");
  expect(lost(["train", "north", "noon", "warm", "coat"], webm.text)).toBeLessThan(2);
  expect(webm.duration).toBeCloseTo(told.duration, 1);
  // What only says that it is one of these is refused, and does no harm to who comes next.
  for (const bytes of [ogg.subarray(0, 40), Buffer.concat([ogg.subarray(0, 4), ogg.subarray(300)])])
    await expect(heard(bytes, "broken.ogg")).rejects.toMatchObject({ code: "audio_unreadable" });
  await expect(heard(Buffer.from("1a45dfa3ffff", "hex"), "x.webm")).rejects.toMatchObject({
    code: "audio_unreadable",
  });
});

/** The same packets in the container of browsers, by the library that was fetched. */
async function inWebm(ogg: Uint8Array): Promise<Uint8Array> {
  const { media } = await import(join(home, "addons", "voice-opus", "entry.mjs"));
  const input = new media.Input({ formats: [media.OGG], source: new media.BufferSource(ogg) });
  const target = new media.BufferTarget();
  const output = new media.Output({ format: new media.WebMOutputFormat(), target });
  await (await media.Conversion.init({ input, output })).execute();
  return new Uint8Array(target.buffer);
}

test("silence and noise give no text, whatever the recogniser would make of them", async () => {
  for (const loud of [0, 0.01]) {
    const samples = Float32Array.from({ length: 48_000 }, () => (Math.random() - 0.5) * loud);
    const wav = writeWav([{ samples, rate: 16_000 }]);
    const asked = { model: "whisper-1", file: await file(wav), language: "es" };
    expect((await openai.audio.transcriptions.create(asked)).text).toBe("");
    const plain = await openai.audio.transcriptions.create({ ...asked, response_format: "text" });
    expect(plain).toBe("\n");
  }
});

test("what cannot be done is refused by its name", async () => {
  const sound = await file(writeWav([{ samples: new Float32Array(800), rate: 16_000 }]));
  const hear = (more: object) =>
    openai.audio.transcriptions.create({ model: "whisper-1", file: sound, ...more });
  await expect(hear({ model: "whisper-9" })).rejects.toMatchObject({ code: "voice_model_unknown" });
  await expect(hear({ language: "spanish!" })).rejects.toMatchObject({ param: "language" });
  await expect(hear({ prompt: "x" })).rejects.toMatchObject({ code: "unsupported_parameter" });
  await expect(hear({ file: await toFile(Buffer.from("ID3"), "x.mp3") })).rejects.toMatchObject({
    code: "audio_unreadable",
  });
  const say = (more: object) =>
    openai.audio.speech.create({ model: "tts-1", voice: "default", input: "Hi.", ...more });
  await expect(say({ voice: "alloy" })).rejects.toMatchObject({ code: "voice_model_unknown" });
  await expect(say({ response_format: "mp3" })).rejects.toMatchObject({ param: "response_format" });
  await expect(say({ input: "a".repeat(5000) })).rejects.toMatchObject({ code: "speech_too_long" });
  const long = writeWav([{ samples: new Float32Array(8000 * 301), rate: 8000 }]);
  await expect(hear({ file: await file(long) })).rejects.toMatchObject({ code: "audio_too_long" });
});
