/** Gateways in front of the scripted upstream. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, freePort, launch, line, type Program } from "../processes.ts";
import type { System } from "../types.ts";
import { startCharla } from "./charla.ts";
import { overHttp } from "./http.ts";
import { environment } from "./python.ts";

const UPSTREAM = fileURLToPath(new URL("../upstream.ts", import.meta.url));
const RELAY = fileURLToPath(new URL("relay-program.ts", import.meta.url));
const READY_MS = 180_000;
/** Refused by LiteLLM if it is short. */
const KEY = "sk-bench-0123456789abcdef0123456789abcdef";

/** The upstream itself, as its clients see it with no gateway between. */
export async function startUpstream(): Promise<System & { readonly base: string }> {
  const began = performance.now();
  const program = launch(process.execPath, [UPSTREAM]);
  const base = await line(program, /^http/, READY_MS);
  const startMs = performance.now() - began;
  // The gateways need it, so it is never off the processor; it costs nothing when it is not asked.
  const reached = { name: "direct", setting: "no gateway", program, startMs, canPause: false };
  return { ...overHttp({ ...reached, url: `${base}/chat/completions` }), base };
}

/** What a gateway in Node costs at least. */
export async function startRelay(base: string): Promise<System> {
  const began = performance.now();
  const program = launch(process.execPath, [RELAY, base]);
  const at = await line(program, /^http/, READY_MS);
  const startMs = performance.now() - began;
  const reached = { name: "relay", setting: "bytes alone", program, startMs };
  return overHttp({ ...reached, url: `${at}/v1/chat/completions` });
}

/** Charla's own gateway with the engine that needs no model, inside its server. */
export async function startScripted(): Promise<System> {
  const system = await startCharla("scripted engine", { CHARLA_ENGINE: "scripted" });
  return { ...system, name: "charla, scripted" };
}

/** Charla in front of the upstream. */
export const startRemote = (base: string): Promise<System> =>
  startCharla("remote engine", { CHARLA_REMOTE_URL: base });

/** @param ready path that answers with 200 when it is */
async function startPython(
  name: "litellm" | "open-webui",
  ready: string,
  parts: {
    args(port: number, folder: string): readonly string[];
    env(folder: string): NodeJS.ProcessEnv;
  },
): Promise<{ program: Program; at: string; startMs: number; stop(): Promise<void> }> {
  const programs = await environment(name);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "charla-bench-"));
  const began = performance.now();
  const env = { ...process.env, ...parts.env(folder) };
  const program = launch(join(programs, name), parts.args(port, folder), { env, cwd: folder });
  const stop = async () => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const at = `http://127.0.0.1:${port}`;
  try {
    await answers(at + ready, program, READY_MS);
    return { program, at, startMs: performance.now() - began, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

export async function startLiteLlm(base: string): Promise<System> {
  const entry = (id: string) => ({
    model_name: id,
    litellm_params: { model: `openai/${id}`, api_base: base, api_key: KEY },
  });
  const config = { model_list: ["burst", "paced"].map(entry) };
  const { at, ...rest } = await startPython("litellm", "/health/liveliness", {
    args(port, folder) {
      writeFileSync(join(folder, "config.yaml"), JSON.stringify(config)); // YAML holds JSON
      const address = ["--host", "127.0.0.1", "--port", String(port)];
      return ["--config", join(folder, "config.yaml"), ...address];
    },
    env: () => ({
      LITELLM_MASTER_KEY: KEY,
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_LOG: "ERROR",
    }),
  });
  const reached = { name: "litellm", setting: "one worker, no database" };
  const headers = { authorization: `Bearer ${KEY}` };
  return overHttp({ ...rest, ...reached, url: `${at}/v1/chat/completions`, headers });
}

export async function startOpenWebUi(base: string): Promise<System> {
  const { at, ...rest } = await startPython("open-webui", "/health", {
    args: (port) => ["serve", "--host", "127.0.0.1", "--port", String(port)],
    env: (folder) => ({
      DATA_DIR: folder,
      WEBUI_AUTH: "False",
      WEBUI_SECRET_KEY: KEY,
      ENABLE_OLLAMA_API: "False",
      OPENAI_API_BASE_URL: base,
      OPENAI_API_KEY: KEY,
      OFFLINE_MODE: "True",
      HF_HUB_OFFLINE: "1",
    }),
  });
  try {
    const headers = { authorization: `Bearer ${await signIn(at)}` };
    // It learns of its models when they are asked for.
    await answers(`${at}/api/models`, rest.program, READY_MS, headers);
    const url = `${at}/api/chat/completions`;
    return overHttp({ ...rest, name: "open-webui", setting: "no accounts", url, headers });
  } catch (thrown) {
    await rest.stop();
    throw thrown;
  }
}

/** Without accounts it still wants the token of its only user. */
async function signIn(at: string): Promise<string> {
  const response = await fetch(`${at}/api/v1/auths/signin`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "", password: "" }),
  });
  const { token, detail } = (await response.json()) as { token?: string; detail?: string };
  if (token === undefined) throw new Error(detail ?? `sign-in failed: ${response.status}`);
  return token;
}
