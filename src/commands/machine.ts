/** The examinations of `charla doctor`: each looks at one thing and changes nothing. */

import { execFile } from "node:child_process";
import { constants, existsSync, statSync } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { Hono } from "hono";
import { explain } from "../app/explain.ts";
import { upkeep } from "../app/upkeep.ts";
import { PAGE } from "../app/version.ts";
import { type Config, DEFAULT_PORT } from "../config.ts";
import { environment, find, SAFE_FOLDER } from "../core/children.ts";
import { coresHere } from "../core/cores.ts";
import { CharlaError } from "../core/errors.ts";
import { createLibrary, findGpu, hubFrom, memoryBudget, memoryBytes, planOf } from "../engines.ts";
import { language, type TextKey, t } from "../locales/index.ts";
import { safeFetch } from "../net/fetch.ts";
import { tellsUsers } from "../net/peer.ts";
import { listen } from "../server/listen.ts";
import { sizeIn } from "../terminal/amounts.ts";

/** ok: as it should be; note: works without it, or it comes by itself; missing: needed. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "note" | "missing";
  readonly found: string;
  /** What to do, or null when there is nothing to do. */
  readonly hint: string | null;
}

type Params = Readonly<Record<string, string | number>>;
type Subject = TextKey extends infer Key
  ? Key extends `doctor.name.${infer Name}`
    ? Name
    : never
  : never;

const ok = (name: Subject, found: string): Finding => finding(name, "ok", found, null);

function finding(name: Subject, state: Finding["state"], found: string, hint: string | null) {
  return { name: t(`doctor.name.${name}`), state, found, hint };
}

/** A finding whose texts are `doctor.<key>` and `doctor.<key>.hint`. */
function told(
  name: Subject,
  state: "note" | "missing",
  key: Extract<TextKey, `doctor.${string}.hint`> extends `doctor.${infer Key}.hint` ? Key : never,
  params: Params = {},
): Finding {
  return finding(name, state, t(`doctor.${key}`, params), t(`doctor.${key}.hint`, params));
}

/** What an examination threw is what it found. */
export function ill(name: Subject, thrown: unknown): Finding {
  const { message, hint } = explain(CharlaError.from(thrown));
  return finding(name, "missing", message, hint);
}

const EXAMINATION_MS = 20_000;

async function output(program: string, args: readonly string[]): Promise<string> {
  const path = find(program);
  if (path === undefined) throw new Error(`${program} is not installed`);
  const shell = process.platform === "win32" && program === "npm";
  const options = { timeout: EXAMINATION_MS, shell, cwd: SAFE_FOLDER, env: environment() };
  return (await promisify(execFile)(shell ? `"${path}"` : path, args, options)).stdout.trim();
}

export async function node(): Promise<Finding> {
  return ok("node", process.versions.node);
}

export async function npm(): Promise<Finding> {
  const version = await output("npm", ["--version"]).catch(() => undefined);
  return version ? ok("npm", version) : told("npm", "note", "npmMissing");
}

export async function page(): Promise<Finding> {
  return existsSync(join(PAGE, "index.html"))
    ? ok("page", PAGE)
    : told("page", "missing", "pageMissing", { folder: PAGE });
}

const size = (bytes: number) => sizeIn(language, bytes);
const number = (value: number) => value.toLocaleString(language);

export async function memory({ modelMemory, memoryBytes: set }: Config): Promise<Finding> {
  const models = size(memoryBudget(modelMemory, set));
  // Of the container, where there is one.
  const free = Math.min(process.availableMemory(), memoryBytes(set));
  const amounts = { total: size(memoryBytes(set)), free: size(free), models };
  return ok("memory", t("doctor.memory", amounts));
}

export async function cores({ llama: { threads } }: Config): Promise<Finding> {
  const count = coresHere();
  return ok("cores", t("doctor.cores", { count, threads: threads ?? Math.max(1, count - 1) }));
}

export async function engine(): Promise<Finding> {
  try {
    const { gpu, devices } = await findGpu(AbortSignal.timeout(EXAMINATION_MS));
    return ok("engine", gpu ? `${gpu}: ${devices.join(", ")}` : t("doctor.noGpu"));
  } catch {
    return told("engine", "missing", "engineBroken");
  }
}

/** The nearest folder that exists decides whether the data folder can be made and written to. */
export async function folder({ home }: Config): Promise<Finding> {
  const existing = nearest(home);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    return told("folder", "missing", "readOnly", { folder: existing });
  }
  const others = process.platform === "win32" ? 0 : statSync(existing).mode & 0o077;
  if (existing === home && others > 0) {
    const how = t(others & 0o022 ? "doctor.writable" : "doctor.readable");
    return told("folder", "note", "openFolder", { folder: home, how });
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const params = { folder: home, free: size(free) };
  if (free < 500e6) return told("folder", "missing", "littleSpace", params);
  return ok("folder", t("doctor.folder", params));
}

/** Who else may come in without an account. */
export async function users({ accounts, otherUsers }: Config): Promise<Finding | undefined> {
  if (accounts) return undefined;
  if (otherUsers) return told("users", "note", "usersAllowed");
  return tellsUsers() ? ok("users", t("doctor.usersKept")) : told("users", "note", "usersUntold");
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

export async function database(config: Config): Promise<Finding> {
  if (config.databaseUrl !== undefined) return postgres(config.databaseUrl);
  const { home } = config;
  const path = join(home, "charla.db");
  if (!existsSync(path)) return ok("database", t("doctor.noDatabase"));
  try {
    const opened = new DatabaseSync(path, { readOnly: true });
    const result = opened.prepare("pragma quick_check(1)").get();
    opened.close();
    if (result?.quick_check === "ok")
      return ok("database", `${path} (${size(statSync(path).size)})`);
  } catch {
    // Damaged too far to be opened; the finding below says what to do.
  }
  return told("database", "missing", "databaseDamaged", { path });
}

/** What a start of this version would do to the tables, for who upgrades; nothing where it would do nothing. */
/** Of several servers on one database: which one leads. */
export async function replicas(config: Config): Promise<Finding | undefined> {
  const own = config.replica;
  if (own === undefined) return undefined;
  try {
    const seen = await upkeep.leader(config);
    if (seen.state === "alone") return told("replicas", "missing", "replicaAlone");
    if (seen.state !== "leads") return told("replicas", "note", "replicaNone");
    const { address } = seen.leader;
    return ok("replicas", t(address === own ? "doctor.leads" : "doctor.follows", { address, own }));
  } catch (thrown) {
    return ill("replicas", thrown);
  }
}

export async function upgrade(config: Config): Promise<Finding | undefined> {
  try {
    const changes = await upkeep.pending(config);
    if (changes.length === 0) return undefined;
    return told("upgrade", "note", "upgrade", {
      count: changes.length,
      changes: changes.join(", "),
    });
  } catch (thrown) {
    // Whatever else is wrong with it is what the finding "database" says.
    return CharlaError.from(thrown).code === "storage_newer" ? ill("upgrade", thrown) : undefined;
  }
}

async function postgres(url: string): Promise<Finding> {
  try {
    const { path, version, bytes } = await upkeep.look(url);
    return ok("database", `PostgreSQL ${version}, ${path} (${size(bytes)})`);
  } catch (thrown) {
    return ill("database", thrown);
  }
}

export async function model(config: Config): Promise<Finding> {
  if (config.remote) return ok("model", config.remote.url);
  const library = createLibrary(config, () => {});
  try {
    const { current, recommended, models } = await library.models();
    const found = models.find(({ id }) => id === current);
    if (!found) return told("model", "missing", "modelUnknown", { model: current });
    const { id, state, error, digest: known, own, starter } = found;
    const digest = known === null ? t("doctor.noDigest") : `${known.slice(0, DIGITS)}…`;
    if (error) {
      const { message, hint } = explain({ ...error, params: error.params as Params });
      return finding("model", "missing", message, hint);
    }
    if (state === "ready" && starter && recommended !== null && recommended !== id) {
      return told("model", "note", "modelStarter", { id, digest, better: recommended });
    }
    if (state === "ready") return ok("model", `${id}, SHA-256 ${digest}`);
    return told("model", own ? "missing" : "note", "modelAbsent", { model: id });
  } finally {
    await library.close();
  }
}

/** Enough of a digest to tell two files apart; `charla models --json` has all of it. */
const DIGITS = 16;

const ORIGINS = [
  ["set", "doctor.from.set"],
  ["measured", "doctor.from.measured"],
  ["memory", "doctor.from.memory"],
] as const;

/** Of a plan, those that people choose. */
const VALUES = [
  "slots",
  "contextTokens",
  "kvType",
  "threads",
  "batchThreads",
  "batchTokens",
  "flashAttention",
  "draftTokens",
] as const;

/** How the model would be run, and why; nothing when there is no model to run. */
export async function plan(config: Config): Promise<Finding | undefined> {
  const choice = await planOf(config, () => {});
  if (!choice) return undefined;
  const { plan, from, kvBytes, kvBudgetBytes } = choice;
  const { slots, kvType, threads, batchThreads, batchTokens, draftTokens } = plan;
  const text = t("doctor.plan", {
    ...{ slots, kvType, threads, batchThreads, batchTokens, draftTokens },
    context: number(plan.contextTokens),
    kv: size(kvBytes),
    budget: size(kvBudgetBytes),
    flash: t(plan.flashAttention ? "doctor.on" : "doctor.off"),
  });
  const reasons = ORIGINS.flatMap(([origin, key]) => {
    const names = VALUES.flatMap((name) =>
      from[name] === origin ? [t(`doctor.value.${name}`)] : [],
    );
    return names.length > 0 ? [t(key, { names: names.join(", ") })] : [];
  });
  const whole = [text, ...reasons].join(" ");
  if (Object.values(from).includes("measured")) return ok("plan", whole);
  return told("plan", "note", "planUntuned", { plan: whole });
}

export async function port({ host, port = DEFAULT_PORT }: Config): Promise<Finding> {
  try {
    const { server } = await listen(new Hono(), host, port);
    await promisify(server.close.bind(server))();
    return ok("port", `${host}:${port}`);
  } catch (thrown) {
    const taken = thrown instanceof CharlaError && thrown.code === "port_in_use";
    return taken ? told("port", "note", "portTaken", { port, host }) : ill("port", thrown);
  }
}

const HUB_MS = 5000;

export async function hub(): Promise<Finding> {
  const { endpoint, offline } = hubFrom(process.env);
  if (offline) return ok("hub", t("doctor.offline"));
  try {
    const signal = AbortSignal.timeout(HUB_MS);
    await safeFetch(endpoint, { method: "HEAD", signal }, { operator: endpoint, redirects: 0 });
    return ok("hub", endpoint);
  } catch {
    return told("hub", "note", "hubUnreachable", { endpoint });
  }
}

export async function pip(): Promise<Finding> {
  const python = process.platform === "win32" ? "py" : "python3";
  const version = await output(python, ["-m", "pip", "--version"]).catch(() => undefined);
  if (!version) return told("pip", "note", "pipMissing");
  // "pip 23.2 from /usr/lib/python3/dist-packages/pip (python 3.11)"
  return ok("pip", version.replace(/^pip | from .+(?= \()/g, ""));
}
