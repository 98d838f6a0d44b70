/**
 * Environment and flags -> one checked, frozen object. A flag wins over its variable; an empty
 * variable counts as absent. The whole product takes its settings from here; the minimal app reads
 * its two by itself.
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { CharlaError } from "./core/errors.ts";
import { DEFAULT_SAMPLING, type Sampling } from "./core/types.ts";
import { listOf } from "./net/addresses.ts";

export interface Config {
  readonly host: string;
  /** Several people, each with an account; without it everything is one person's, on this machine. */
  readonly accounts: boolean;
  /** How people reach it, as an origin: "https://chat.example.org". A proxy there brings TLS. */
  readonly publicUrl: string | undefined;
  /** For the policy's OpenID Connect provider; not in the policy, which people read. */
  readonly oidcSecret: string | undefined;
  /** Addresses and networks of proxies whose word on the client is taken; none at first. */
  readonly trustedProxies: readonly string[];
  /** Absent: 8080, or the next free one. */
  readonly port: number | undefined;
  /** Folder of models and database, absolute. */
  readonly home: string;
  /** Of a PostgreSQL database; the file `charla.db` in the data folder if absent. Holds a password. */
  readonly databaseUrl: string | undefined;
  /** Where the key comes from that all texts at rest depend on; a file in `home` if all are absent. */
  readonly master: MasterConfig;
  /** Catalogue id, or path of a GGUF file. */
  readonly model: string | undefined;
  readonly engine: "llama" | "remote" | "scripted";
  /** Set when `engine` is "remote". */
  readonly remote: RemoteConfig | undefined;
  /** Memory for all models together: "4 GB", "800 MB", "50 %"; a share of the machine's if absent. */
  readonly modelMemory: string | undefined;
  /** Upper bound on the context window, in tokens; 8,192 when absent. Never more than the model's. */
  readonly contextTokens: number | undefined;
  readonly llama: LlamaConfig;
  /** How long running answers may go on when the server is told to stop, in seconds. */
  readonly drainSeconds: number;
  /** System prompt and sampling of `charla chat`; the page and the API bring their own. */
  readonly system: string | undefined;
  readonly sampling: Sampling;
  /** What the server writes to standard error: lines for people, or JSON for programs. */
  readonly log: "text" | "json";
  /** Path of the organisation's policy; `policy.toml` in the data folder if absent. */
  readonly policy: string | undefined;
  /** Opens `/metrics` to others than this machine. */
  readonly metricsToken: string | undefined;
}

/** For the embedded engine, which chooses what is absent. */
export interface LlamaConfig {
  /** Answers that are computed at once: all, and of one user. */
  readonly slots: number | undefined;
  readonly userSlots: number | undefined;
  /** Threads for one token, and for more. */
  readonly threads: number | undefined;
  readonly batchThreads: number | undefined;
  readonly batchTokens: number | undefined;
  readonly kvType: "f16" | "q8_0" | undefined;
  /** Bytes for the states of conversations that may come back; 0 keeps none. */
  readonly cacheMemoryBytes: number | undefined;
  readonly cacheDiskBytes: number | undefined;
  /** Requests that may wait, and for how many seconds. */
  readonly queue: number | undefined;
  readonly queueSeconds: number | undefined;
  /** Silence in seconds after which the model process counts as hung. */
  readonly hangSeconds: number | undefined;
}

/** The first one that is set counts. */
export interface MasterConfig {
  readonly key: string | undefined;
  readonly file: string | undefined;
  /** Program and arguments, which prints the key. */
  readonly command: string | undefined;
}

export interface RemoteConfig {
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string | undefined;
  /** The server's context window, in tokens. */
  readonly context: number | undefined;
}

const amount = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(GB|MB)$/i)
  .transform((text) => Number.parseFloat(text) * (/g/i.test(text) ? 1e9 : 1e6));
const AMOUNT = "0 MB | 800 MB | 4 GB";

const whole = (min: number, max: number) =>
  z.coerce
    .number({ error: `${min} - ${max}` })
    .int()
    .min(min)
    .max(max);

/** The port that is tried first when none is chosen. */
export const DEFAULT_PORT = 8080;
/** A short answer's time; whoever stops containers usually waits for ten seconds. */
const DEFAULT_DRAIN_SECONDS = 5;

/** Of this machine alone, where nobody else can listen or ask. */
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

/** Each setting with what it accepts, written so that it reads the same in every language. */
const SETTINGS = {
  host: { schema: z.string(), accepts: `${LOOPBACK.join(" | ")} | 0.0.0.0` },
  accounts: { schema: z.enum(["on", "off"]), accepts: "on | off" },
  publicUrl: {
    schema: z
      .url({ protocol: /^https$/ })
      .refine((url) => URL.parse(url)?.href === `${URL.parse(url)?.origin}/`)
      .transform((url) => new URL(url).origin),
    accepts: "https://chat.example.org",
  },
  oidcSecret: { schema: z.string(), accepts: "text" },
  trustedProxies: {
    schema: z
      .string()
      .transform((list) => list.split(",").map((entry) => entry.trim()))
      .refine((entries) => isList(entries)),
    accepts: "127.0.0.1, 10.0.0.0/8, fd00::/8",
  },
  port: { schema: whole(0, 65_535), accepts: "0 - 65535" },
  home: { schema: z.string(), accepts: "/path" },
  masterKey: { schema: z.string(), accepts: "[0-9a-f]{64} | base64" },
  masterKeyFile: { schema: z.string(), accepts: "/path" },
  masterKeyCommand: { schema: z.string(), accepts: "program argument ..." },
  databaseUrl: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    accepts: "postgres://user@host:5432/database",
  },
  model: { schema: z.string(), accepts: "id | file.gguf" },
  engine: { schema: z.enum(["llama", "remote", "scripted"]), accepts: "llama | remote | scripted" },
  remoteUrl: { schema: z.url({ protocol: /^https?$/ }), accepts: "http://... | https://..." },
  remoteKey: { schema: z.string(), accepts: "text" },
  remoteModel: { schema: z.string(), accepts: "text" },
  remoteContext: { schema: whole(256, 2 ** 24), accepts: "256 - 16777216" },
  modelMemory: {
    schema: z.string().regex(/^\d+(\.\d+)?\s*(GB|MB|%)$/i),
    accepts: "4 GB | 800 MB | 50 %",
  },
  threads: { schema: whole(1, 1024), accepts: "1 - 1024" },
  batchThreads: { schema: whole(1, 1024), accepts: "1 - 1024" },
  batchTokens: { schema: whole(16, 8192), accepts: "16 - 8192" },
  context: { schema: whole(256, 2 ** 24), accepts: "256 - 16777216" },
  slots: { schema: whole(1, 256), accepts: "1 - 256" },
  kv: { schema: z.enum(["f16", "q8_0"]), accepts: "f16 | q8_0" },
  cacheMemory: { schema: amount, accepts: AMOUNT },
  cacheDisk: { schema: amount, accepts: AMOUNT },
  queue: { schema: whole(1, 10_000), accepts: "1 - 10000" },
  queueSeconds: { schema: whole(1, 86_400), accepts: "1 - 86400" },
  userSlots: { schema: whole(1, 256), accepts: "1 - 256" },
  hangSeconds: { schema: whole(2, 3600), accepts: "2 - 3600" },
  drainSeconds: { schema: whole(0, 3600), accepts: "0 - 3600" },
  system: { schema: z.string(), accepts: "text" },
  temperature: { schema: z.coerce.number().min(0).max(2), accepts: "0 - 2" },
  topP: { schema: z.coerce.number().gt(0).max(1), accepts: "0.01 - 1" },
  maxTokens: { schema: whole(1, 2 ** 24), accepts: "1 - 16777216" },
  seed: { schema: whole(0, 2 ** 32 - 1), accepts: "0 - 4294967295" },
  log: { schema: z.enum(["text", "json"]), accepts: "text | json" },
  policy: { schema: z.string(), accepts: "/path/policy.toml" },
  metricsToken: { schema: z.string().regex(/^[\x21-\x7e]{16,}$/), accepts: "[!-~]{16,}" },
} as const;

type Setting = keyof typeof SETTINGS;
/** No message shows their values. */
const SECRETS: readonly Setting[] = ["databaseUrl", "masterKey", "remoteKey", "metricsToken"];
/** Flags as the command line gives them: by the setting's name. */
export type Flags = Partial<Record<Setting, unknown>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are read elsewhere: by the terminal and the tests. */
const OTHER_VARIABLES = [
  "CHARLA_DEBUG",
  "CHARLA_CHROME",
  "CHARLA_TEST_MODEL",
  "CHARLA_TEST_POSTGRES",
  "CHARLA_TEST_KILLS",
  "CHARLA_TEST_FUZZ",
];

/** `remoteUrl` -> `CHARLA_REMOTE_URL` */
export function variable(setting: string): string {
  return `CHARLA_${setting.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** The variables of all settings. */
export const VARIABLES: readonly string[] = Object.keys(SETTINGS).map(variable);

/** Variables that look like ours and mean nothing: most likely a slip of the pen. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = new Set([...VARIABLES, ...OTHER_VARIABLES]);
  return Object.keys(env).filter((name) => name.startsWith("CHARLA_") && !known.has(name));
}

/**
 * @throws CharlaError `invalid_setting`, `accounts_needed`, `public_url_missing`, `home_unknown`,
 *   `remote_url_missing`
 */
export function readConfig(flags: Flags = {}, env: Environment = process.env): Config {
  const read = <Name extends Setting>(name: Name) => {
    const value = flags[name] ?? (env[variable(name)] || undefined);
    if (value === undefined) return undefined;
    const { schema, accepts } = SETTINGS[name];
    const result = schema.safeParse(value);
    if (result.success) return result.data as z.output<(typeof SETTINGS)[Name]["schema"]>;
    throw new CharlaError("invalid_setting", {
      status: 400,
      message: "The setting {setting} has the value '{value}', which is not valid.",
      hint: "It takes: {accepts}.",
      params: {
        setting: flags[name] === undefined ? variable(name) : flag(name),
        value: SECRETS.includes(name) ? "…" : String(value),
        accepts,
      },
    });
  };

  const url = read("remoteUrl");
  const engine = read("engine") ?? (url === undefined ? "llama" : "remote");
  if (engine === "remote" && url === undefined) {
    throw new CharlaError("remote_url_missing", {
      status: 400,
      message: "The remote engine has no address.",
      hint: "Set CHARLA_REMOTE_URL to the base address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1.",
    });
  }
  const remote = url !== undefined &&
    engine === "remote" && {
      url,
      key: read("remoteKey"),
      model: read("remoteModel"),
      context: read("remoteContext"),
    };
  const master = Object.freeze({
    key: read("masterKey"),
    file: read("masterKeyFile"),
    command: read("masterKeyCommand"),
  });
  return Object.freeze({
    ...exposure(read("host") ?? "127.0.0.1", read("accounts"), read("publicUrl")),
    oidcSecret: read("oidcSecret"),
    trustedProxies: Object.freeze(read("trustedProxies") ?? []),
    port: read("port"),
    home: resolve(read("home") ?? dataFolder(env)),
    databaseUrl: read("databaseUrl"),
    master,
    model: read("model"),
    engine,
    remote: remote ? Object.freeze(remote) : undefined,
    modelMemory: read("modelMemory"),
    contextTokens: read("context"),
    llama: Object.freeze({
      slots: read("slots"),
      userSlots: read("userSlots"),
      threads: read("threads"),
      batchThreads: read("batchThreads"),
      batchTokens: read("batchTokens"),
      kvType: read("kv"),
      cacheMemoryBytes: read("cacheMemory"),
      // States hold the tokens of chats in clear: no place for them where the key comes from outside.
      cacheDiskBytes: read("cacheDisk"),
      queue: read("queue"),
      queueSeconds: read("queueSeconds"),
      hangSeconds: read("hangSeconds"),
    }),
    drainSeconds: read("drainSeconds") ?? DEFAULT_DRAIN_SECONDS,
    system: read("system"),
    sampling: Object.freeze({
      temperature: read("temperature") ?? DEFAULT_SAMPLING.temperature,
      topP: read("topP") ?? DEFAULT_SAMPLING.topP,
      maxTokens: read("maxTokens") ?? DEFAULT_SAMPLING.maxTokens,
      seed: read("seed"),
    }),
    log: read("log") ?? "text",
    policy: read("policy"),
    metricsToken: read("metricsToken"),
  });
}

/** `remoteUrl` -> `--remote-url` */
export function flag(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whoever can be reached from elsewhere, himself or through a proxy, asks who it is, over TLS. */
function exposure(host: string, wish: "on" | "off" | undefined, publicUrl: string | undefined) {
  const reachable = !LOOPBACK.includes(host) || publicUrl !== undefined;
  if (reachable && wish === "off") {
    throw new CharlaError("accounts_needed", {
      status: 400,
      message: "Charla does not serve other machines without accounts ({place}).",
      hint: "Leave CHARLA_ACCOUNTS out or set it to on; or serve this machine only, without --host and CHARLA_PUBLIC_URL.",
      params: { place: publicUrl ?? host },
    });
  }
  if (reachable && publicUrl === undefined) {
    throw new CharlaError("public_url_missing", {
      status: 400,
      message: "Charla would listen on {host}, but does not know the address that people open.",
      hint: "Put a proxy with TLS in front and set CHARLA_PUBLIC_URL to its address, such as https://chat.example.org; or leave --host out.",
      params: { host },
    });
  }
  return { host, accounts: reachable || wish === "on", publicUrl };
}

function isList(entries: readonly string[]): boolean {
  try {
    listOf(entries);
    return true;
  } catch {
    return false;
  }
}

/** Where the system keeps data of a user's programs. */
function dataFolder(env: Environment): string {
  // The XDG specification: a relative path is invalid and has to be ignored.
  const xdg = env.XDG_DATA_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "charla");
  if (process.platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "Charla");
  const user = userFolder(env);
  if (process.platform === "darwin") return join(user, "Library", "Application Support", "Charla");
  return join(user, ".local", "share", "charla");
}

function userFolder(env: Environment): string {
  const home = env.HOME || (env.USERPROFILE ?? "");
  if (home !== "") return home;
  try {
    // Without HOME the system's list of users is asked.
    return homedir() || missing();
  } catch (cause) {
    return missing(cause);
  }
}

function missing(cause?: unknown): never {
  throw new CharlaError("home_unknown", {
    message: "The system does not say which folder is yours, so there is no place for data.",
    hint: "Set CHARLA_HOME to a folder that Charla may write to.",
    cause,
  });
}
