/**
 * Environment and flags -> one checked, frozen object. A flag wins over its variable; an empty
 * variable counts as absent. The whole product takes its settings from here; the minimal app reads
 * its two by itself.
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { CharlaError } from "./core/errors.ts";
import { DEFAULT_SAMPLING, type Sampling } from "./core/types.ts";
import { listOf, reachOf } from "./net/addresses.ts";

export interface Config {
  readonly host: string;
  /** Several people, each with an account; without it everything is one person's, on this machine. */
  readonly accounts: boolean;
  /** Without accounts, whether other users of this machine may do all that its owner may. */
  readonly otherUsers: boolean;
  /** Of extensions and pages of other programs that may ask like this server's own page. */
  readonly origins: readonly string[];
  /** How people reach it, as an origin: "https://chat.example.org". A proxy there brings TLS. */
  readonly publicUrl: string | undefined;
  /** For the policy's OpenID Connect provider; not in the policy, which people read. */
  readonly oidcSecret: string | undefined;
  /** Addresses and networks of proxies whose word on the client is taken; none at first. */
  readonly trustedProxies: readonly string[];
  /** Absent: 8080, or the next free one. */
  readonly port: number | undefined;
  /** On the same host, for gRPC; it is not spoken where this is absent. */
  readonly grpcPort: number | undefined;
  /** Folder of models and database, absolute. */
  readonly home: string;
  /** Of a PostgreSQL database; the file `charla.db` in the data folder if absent. Holds a password. */
  readonly databaseUrl: string | undefined;
  /** Where other servers on the same database reach this one; it is alone on it if absent. */
  readonly replica: string | undefined;
  /** Where the key comes from that all texts at rest depend on; a file in `home` if all are absent. */
  readonly master: MasterConfig;
  /** Catalogue id, or path of a GGUF file. */
  readonly model: string | undefined;
  readonly engine: "llama" | "remote" | "scripted";
  /** Set when `engine` is "remote". */
  readonly remote: RemoteConfig | undefined;
  /** Memory for all models together: "4 GB", "800 MB", "50 %"; a share of the machine's if absent. */
  readonly modelMemory: string | undefined;
  /** Bytes that all processes of Charla may take together; what the machine or its container has when absent. */
  readonly memoryBytes: number | undefined;
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
  /** A server of the Ethereum chain on which the log is anchored; may hold a key of its own. */
  readonly anchorUrl: string | undefined;
  /** Path of the file with the key that writes there; read by a process of its own alone. */
  readonly anchorKeyFile: string | undefined;
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
  /** By how much windows may be longer than what models were trained for. */
  readonly yarn: number | undefined;
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
  /** Without the name and the password that may stand in the setting. */
  readonly url: string;
  /** "name:password". */
  readonly login: string | undefined;
  readonly key: string | undefined;
  readonly model: string | undefined;
  /** The server's context window, in tokens. */
  readonly context: number | undefined;
  /** Which of its models see images: their ids, or all or none; what the server says when absent. */
  readonly vision: readonly string[] | "all" | "none" | undefined;
}

/** A setting's text as a value; undefined where it is none. */
type Reader<Value> = (text: string) => Value | undefined;

const text: Reader<string> = (given) => given;
const matching =
  (pattern: RegExp): Reader<string> =>
  (given) =>
    pattern.test(given) ? given : undefined;
const oneOf =
  <const Words extends readonly string[]>(...words: Words): Reader<Words[number]> =>
  (given) =>
    words.find((word) => word === given);
const real =
  (fits: (value: number) => boolean): Reader<number> =>
  (given) => {
    const value = given.trim() === "" ? Number.NaN : Number(given);
    return fits(value) ? value : undefined;
  };
const whole = (min: number, max: number) =>
  real((value) => Number.isInteger(value) && value >= min && value <= max);
const list =
  (fits: (entries: readonly string[]) => boolean): Reader<readonly string[]> =>
  (given) => {
    const entries = given.split(",").map((entry) => entry.trim());
    return fits(entries) ? entries : undefined;
  };
const address =
  (...protocols: readonly string[]): Reader<string> =>
  (given) =>
    protocols.includes(URL.parse(given)?.protocol ?? "") ? given : undefined;

const models = list((entries) => entries.every((id) => id !== ""));
const vision: Reader<NonNullable<RemoteConfig["vision"]>> = (given) =>
  given === "all" || given === "none" ? given : models(given);

/** "800 MB" in bytes. */
const amount: Reader<number> = (given) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([GM])B?$/i.exec(given) ?? [];
  return unit ? Number(number) * (unit.toUpperCase() === "G" ? 1e9 : 1e6) : undefined;
};
/** Less holds no model. */
const LEAST_MEMORY = 4e8;
const memory: Reader<number> = (given) => {
  const bytes = amount(given);
  return bytes !== undefined && bytes >= LEAST_MEMORY ? bytes : undefined;
};
const AMOUNT = "0 MB | 800 MB | 4 GB";

/** The port that is tried first when none is chosen. */
export const DEFAULT_PORT = 8080;
/** A short answer's time; whoever stops containers usually waits for ten seconds. */
const DEFAULT_DRAIN_SECONDS = 5;

/** Of this machine alone, where nobody else can listen or ask. */
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];
const isLoopback = (host: string) => host === "localhost" || reachOf(host) === "loopback";

/** As browsers send it: no path, and never "null", which every page can make itself. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*,]+$/;

/** Each setting with what it accepts, written so that it reads the same in every language. */
const SETTINGS = {
  host: [text, `${LOOPBACK.join(" | ")} | 0.0.0.0`],
  accounts: [oneOf("on", "off"), "on | off"],
  otherUsers: [oneOf("on", "off"), "on | off"],
  origins: [
    list((entries) => entries.every((one) => ORIGIN.test(one))),
    "chrome-extension://abcdefghijklmnop, app://obsidian.md, http://localhost:3000",
  ],
  publicUrl: [origin("https:"), "https://chat.example.org"],
  oidcSecret: [text, "text"],
  trustedProxies: [list(isList), "127.0.0.1, 10.0.0.0/8, fd00::/8"],
  port: [whole(0, 65_535), "0 - 65535"],
  grpcPort: [whole(0, 65_535), "0 - 65535"],
  home: [text, "/path"],
  masterKey: [text, "[0-9a-f]{64} | base64"],
  masterKeyFile: [text, "/path"],
  masterKeyCommand: [text, "program argument ..."],
  databaseUrl: [address("postgres:", "postgresql:"), "postgres://user@host:5432/database"],
  replica: [origin("http:"), "http://10.0.0.3:8080"],
  model: [text, "id | file.gguf"],
  engine: [oneOf("llama", "remote", "scripted"), "llama | remote | scripted"],
  remoteUrl: [address("http:", "https:"), "http://... | https://..."],
  remoteKey: [text, "text"],
  remoteModel: [text, "text"],
  remoteVision: [vision, "all | none | id, id"],
  remoteContext: [whole(256, 2 ** 24), "256 - 16777216"],
  modelMemory: [matching(/^\d+(\.\d+)?\s*(GB|MB|%)$/i), "4 GB | 800 MB | 50 %"],
  memory: [memory, "400 MB | 1 GB | 4 GB"],
  threads: [whole(1, 1024), "1 - 1024"],
  batchThreads: [whole(1, 1024), "1 - 1024"],
  batchTokens: [whole(16, 8192), "16 - 8192"],
  context: [whole(256, 2 ** 24), "256 - 16777216"],
  slots: [whole(1, 256), "1 - 256"],
  kv: [oneOf("f16", "q8_0"), "f16 | q8_0"],
  yarn: [real((value) => value >= 1 && value <= 32), "1 - 32"],
  cacheMemory: [amount, AMOUNT],
  cacheDisk: [amount, AMOUNT],
  queue: [whole(1, 10_000), "1 - 10000"],
  queueSeconds: [whole(1, 86_400), "1 - 86400"],
  userSlots: [whole(1, 256), "1 - 256"],
  hangSeconds: [whole(2, 3600), "2 - 3600"],
  drainSeconds: [whole(0, 3600), "0 - 3600"],
  system: [text, "text"],
  temperature: [real((value) => value >= 0 && value <= 2), "0 - 2"],
  topP: [real((value) => value > 0 && value <= 1), "0.01 - 1"],
  maxTokens: [whole(1, 2 ** 24), "1 - 16777216"],
  seed: [whole(0, 2 ** 32 - 1), "0 - 4294967295"],
  log: [oneOf("text", "json"), "text | json"],
  policy: [text, "/path/policy.toml"],
  metricsToken: [matching(/^[\x21-\x7e]{16,}$/), "[!-~]{16,}"],
  anchorUrl: [address("http:", "https:"), "http://... | https://..."],
  anchorKeyFile: [text, "/path"],
} as const satisfies Readonly<Record<string, readonly [read: Reader<unknown>, accepts: string]>>;

type Setting = keyof typeof SETTINGS;
/** No message shows their values. */
const SECRETS: readonly Setting[] = [
  "databaseUrl",
  "masterKey",
  "remoteKey",
  "metricsToken",
  "anchorUrl",
];
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
  "CHARLA_TEST_SEED",
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
    const [parse, accepts] = SETTINGS[name];
    const parsed = parse(String(value)) as ReturnType<(typeof SETTINGS)[Name][0]>;
    if (parsed !== undefined) return parsed;
    throw new CharlaError("invalid_setting", {
      status: 400,
      message: "The setting {setting} has the value '{value}', which is not valid.",
      hint: "It takes: {accepts}.",
      params: {
        setting: flags[name] === undefined ? variable(name) : flag(name),
        value: SECRETS.includes(name) ? "…" : withoutLogin(String(value)),
        accepts,
      },
    });
  };

  refusePath(flags.publicUrl ?? env.CHARLA_PUBLIC_URL);
  const url = read("remoteUrl");
  const engine = read("engine") ?? (url === undefined ? "llama" : "remote");
  if (url && loginOf(url).login !== undefined && read("remoteKey") !== undefined) {
    throw new CharlaError("remote_two_keys", {
      status: 400,
      message:
        "CHARLA_REMOTE_URL has a name and a password in it, and CHARLA_REMOTE_KEY is set, too.",
      hint: "Leave one of them out: a request carries one of both.",
    });
  }
  if (engine === "remote" && url === undefined) {
    throw new CharlaError("remote_url_missing", {
      status: 400,
      message: "The remote engine has no address.",
      hint: "Set CHARLA_REMOTE_URL to the base address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1.",
    });
  }
  const remote = url !== undefined &&
    engine === "remote" && {
      ...loginOf(url),
      key: read("remoteKey"),
      model: read("remoteModel"),
      context: read("remoteContext"),
      vision: read("remoteVision"),
    };
  const master = Object.freeze({
    key: read("masterKey"),
    file: read("masterKeyFile"),
    command: read("masterKeyCommand"),
  });
  return Object.freeze({
    ...exposure(hostOf(read("host")), read("accounts"), read("publicUrl")),
    otherUsers: read("otherUsers") === "on",
    origins: Object.freeze(read("origins") ?? []),
    oidcSecret: read("oidcSecret"),
    trustedProxies: Object.freeze(read("trustedProxies") ?? []),
    port: read("port"),
    grpcPort: read("grpcPort"),
    home: folderOf(read("home"), env),
    databaseUrl: read("databaseUrl"),
    replica: read("replica"),
    master,
    model: read("model"),
    engine,
    remote: remote ? Object.freeze(remote) : undefined,
    modelMemory: read("modelMemory"),
    memoryBytes: read("memory"),
    contextTokens: read("context"),
    llama: Object.freeze({
      slots: read("slots"),
      userSlots: read("userSlots"),
      threads: read("threads"),
      batchThreads: read("batchThreads"),
      batchTokens: read("batchTokens"),
      kvType: read("kv"),
      yarn: read("yarn"),
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
    anchorUrl: read("anchorUrl"),
    anchorKeyFile: read("anchorKeyFile"),
  });
}

/** All addresses of the page are those of a server's root. */
function refusePath(publicUrl: unknown): void {
  const url = URL.parse(String(publicUrl ?? ""));
  if (url?.protocol !== "https:" || url.pathname === "/") return;
  throw new CharlaError("public_url_path", {
    status: 400,
    message: "CHARLA_PUBLIC_URL has the path {path}; Charla cannot stand below a path.",
    hint: "Give it a name of its own, such as https://chat.example.org, in the proxy and here.",
    params: { path: url.pathname },
  });
}

/** The name and the password of an address go their own way: it is shown, and they are not. */
function loginOf(address: string): Pick<RemoteConfig, "url" | "login"> {
  const url = new URL(address);
  const { username, password } = url;
  if (username === "" && password === "") return { url: address, login: undefined };
  [url.username, url.password] = ["", ""];
  const login = [username, password].map(decodeURIComponent).join(":");
  return { url: url.href, login };
}

const withoutLogin = (address: string) => address.replace(/\/\/[^/?#]*@/, "//…@");

/** `remoteUrl` -> `--remote-url` */
export function flag(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** "[::1]" as it stands in an address. */
const hostOf = (setting = "127.0.0.1") => setting.replace(/^\[(.*)\]$/, "$1").toLowerCase();

/** Whoever can be reached from elsewhere, himself or through a proxy, asks who it is, over TLS. */
function exposure(host: string, wish: "on" | "off" | undefined, publicUrl: string | undefined) {
  const reachable = !isLoopback(host) || publicUrl !== undefined;
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

/** Of an address with no path, as an origin. */
function origin(protocol: "http:" | "https:"): Reader<string> {
  return (given) => {
    const url = URL.parse(given);
    return url?.protocol === protocol && url.href === `${url.origin}/` ? url.origin : undefined;
  };
}

function isList(entries: readonly string[]): boolean {
  try {
    listOf(entries);
    return true;
  } catch {
    return false;
  }
}

/** A shell has put the user's folder in the place of `~`; what is written in a file has none. */
function folderOf(setting: string | undefined, env: Environment): string {
  if (setting === undefined) return resolve(dataFolder(env));
  const below = /^~(?=$|[\\/])(.*)/s.exec(setting)?.[1];
  return below === undefined ? resolve(setting) : join(userFolder(env), below);
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
