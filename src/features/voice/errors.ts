/** What is said of what cannot be heard, spoken or fetched. */
import { CharlaError } from "../../core/errors.ts";

const SETUP = 'An administrator fetches it in the panel "Voice", or by `charla voice setup`.';

export const partWrong = (file: string, got: string, digest: string) =>
  new CharlaError("voice_part_wrong", {
    status: 502,
    message:
      "What was downloaded as {file} is another file: its SHA-256 is {got} and not {digest}.",
    hint: "Try again. If it happens twice, the source has changed it; tell whoever develops Charla.",
    retryable: true,
    params: { file, got, digest },
  });

export const partUnknown = (part: string) =>
  new CharlaError("voice_part_unknown", {
    status: 404,
    message: "There is no part {part} of voice.",
    hint: "`charla voice` lists them.",
    params: { part },
  });

export const noHearing = (language: string) =>
  new CharlaError("voice_cannot_hear", {
    status: 409,
    message: "Nothing on this server understands speech in this language ({language}).",
    hint: SETUP,
    params: { language: language || "?" },
  });

export const noVoice = (language: string) =>
  new CharlaError("voice_cannot_speak", {
    status: 409,
    message: "This server has no voice for this language ({language}).",
    hint: SETUP,
    params: { language: language || "?" },
  });

/** @param names of what is there */
export const unknownModel = (param: string, name: string, names: readonly string[]) =>
  new CharlaError("voice_model_unknown", {
    status: 404,
    param,
    message: "There is no {name} here that does this. There is: {names}.",
    hint: "Name one of these, or `default`.",
    params: { name, names: names.join(", ") || "-" },
  });

export const audioUnreadable = (reason: string) =>
  new CharlaError("audio_unreadable", {
    status: 400,
    param: "file",
    message: "This is no sound that Charla reads ({reason}).",
    hint: "Send Opus in Ogg or WebM, or WAV with whole numbers of 8 to 32 bits or with floats.",
    params: { reason },
  });

export const noOpus = () =>
  new CharlaError("voice_no_opus", {
    status: 409,
    message: "What reads and writes Opus is not on this server.",
    hint: `Use WAV. ${SETUP}`,
  });

/** @param seconds of the recording, and that it may have */
export const audioTooLong = (seconds: number, limit: number) =>
  new CharlaError("audio_too_long", {
    status: 413,
    param: "file",
    message: "The recording takes {seconds} s; this server takes {limit} s.",
    hint: "Send it in parts.",
    params: { seconds: Math.ceil(seconds), limit },
  });

export const textTooLong = (limit: number) =>
  new CharlaError("speech_too_long", {
    status: 413,
    param: "input",
    message: "The text has more than {limit} characters.",
    hint: "Send it in parts.",
    params: { limit },
  });

export const busy = () =>
  new CharlaError("voice_busy", {
    status: 503,
    message: "Too many people are speaking or listening just now.",
    hint: "Try again in a moment.",
    retryable: true,
    retryAfter: 5,
  });

export const tooHeavy = () =>
  new CharlaError("voice_too_heavy", {
    status: 503,
    message: "This took too much time or memory and was ended.",
    hint: "Try a shorter recording or text.",
    retryable: false,
  });

export const broke = () =>
  new CharlaError("voice_failed", {
    status: 500,
    message: "What hears and speaks has ended by itself.",
    hint: "Try again. If it happens again, remove the voice parts and download them anew.",
    retryable: true,
  });
