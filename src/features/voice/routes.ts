/** Speech over HTTP, as OpenAI's clients ask for it. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import "../../core/large.ts";
import "../../core/metered.ts";
import { check, type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import type { Coded } from "./coded.ts";
import { audioUnreadable } from "./errors.ts";
import type { Heard, Speech } from "./speech.ts";

/** OpenAI's own limit, and what a form has beside the file. */
const MAX_BYTES = 26e6;

export const speechRoutes = (speech: Speech, coded: Coded): readonly Route[] => [
  route({
    ...{ method: "post", path: "/v1/audio/transcriptions", access: "chat", computes: true },
    summary:
      "Writes down what is said in a recording (WAV; Opus in Ogg or WebM). Silence gives no text; nothing is kept.",
    takes: api.transcriptionForm.extend({ file: z.file() }),
    reply: api.transcription,
    gives: ["application/json", "text/plain"],
    maxBytes: MAX_BYTES,
    async handle({ request, signal }) {
      const form = await request.formData().catch(() => new FormData());
      const asked = check(api.transcriptionForm, Object.fromEntries(form));
      const mine = { who: whoAsks().id, signal };
      const sound = await coded.read(new Uint8Array(await asked.file.arrayBuffer()), mine);
      if (sound.samples.length === 0) throw audioUnreadable("0 s");
      const heard = await speech.hear(sound, asked, mine);
      if (asked.response_format === "text")
        return new Response(`${heard.text}\n`, { headers: PLAIN });
      return asked.response_format === "json" ? { text: heard.text } : verbose(heard);
    },
  }),
  route({
    ...{ method: "post", path: "/v1/audio/speech", access: "chat", computes: true },
    summary: "Speaks a text (WAV, or Opus in Ogg).",
    body: api.speechBody,
    gives: ["audio/wav", "audio/ogg"],
    async handle({ body, signal }) {
      const { input, voice, model, language, speed } = body;
      const options = { voice, model, language, speed };
      const mine = { who: whoAsks().id, signal };
      const sounds = await speech.speak(input, options, mine);
      const opus = body.response_format === "opus";
      const bytes = opus ? await coded.opus(sounds, mine) : coded.wav(sounds);
      const headers = { ...SOUND, "content-type": opus ? "audio/ogg" : "audio/wav" };
      return new Response(new Uint8Array(bytes), { headers });
    },
  }),
];

const PLAIN = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
const SOUND = { "cache-control": "no-store" };

const verbose = ({ text, language, duration, pieces }: Heard): api.Transcription => ({
  ...{ task: "transcribe", language, duration, text },
  segments: pieces.map((piece, id) => ({ id, ...piece })),
});
