/** Charla itself: `charla serve` in a process and a home of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, launch, line } from "../processes.ts";
import type { Setup, System } from "../types.ts";
import { overHttp } from "./http.ts";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
/** As `npm start` has it. */
const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/charla", import.meta.url));
const READY_MS = 60_000;

/**
 * @param settings variables such as `CHARLA_MODEL`; nothing of the user's own reaches it
 * @param extra fields that every request carries
 * @param as its name in the tables, and a data folder that is removed at the end
 */
export async function startCharla(
  setting: string,
  settings: Readonly<Record<string, string>>,
  extra: Readonly<Record<string, unknown>> = {},
  as: { readonly name?: string; readonly home?: string } = {},
): Promise<System> {
  const { name = "charla", home = mkdtempSync(join(tmpdir(), "charla-bench-")) } = as;
  const { PATH, HOME, SystemRoot } = process.env;
  const own = { LANG: "C", CHARLA_HOME: home, NODE_COMPILE_CACHE: COMPILED };
  const env = { PATH, HOME, SystemRoot, ...own, ...settings };
  const began = performance.now();
  const program = launch(process.execPath, [CLI, "serve", "--port", "0"], { env });
  const stop = async () => {
    await program.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const told = await line(program, /http:\/\/\S+/, READY_MS);
    const address = /http:\/\/[^\s/]+/.exec(told)?.[0] as string;
    await answers(`${address}/readyz`, program, READY_MS);
    const startMs = performance.now() - began;
    const url = `${address}/v1/chat/completions`;
    // Its server watches its model process: a pause would look like one that hangs.
    const reached = { name, setting, program, startMs, url, extra, canPause: false };
    return overHttp({ ...reached, stop });
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/**
 * With its embedded engine, ready and asked once. The threads are its own choice, as they are for
 * its users.
 */
export async function startEmbedded(
  model: string,
  { slots, context, waitSeconds }: Setup,
  endTokens: readonly number[],
  as: { readonly name?: string; readonly home?: string } = {},
): Promise<System> {
  const settings = {
    CHARLA_MODEL: model,
    CHARLA_SLOTS: String(slots),
    CHARLA_CONTEXT: String(context),
    ...(waitSeconds && { CHARLA_QUEUE_SECONDS: String(waitSeconds) }),
  };
  const extra: { logit_bias?: Record<string, number> } = {
    logit_bias: Object.fromEntries(endTokens.map((token) => [token, -100])),
  };
  const system = await startCharla("its own choice", settings, extra, as);
  const hello = { messages: [{ role: "user", content: "Hi" }], maxTokens: 4 } as const;
  let first = await system.ask(hello);
  if (first.status === 400) {
    delete extra.logit_bias; // answers may then end early, which is told
    first = await system.ask(hello);
  }
  if (first.error === null) return system;
  await system.stop();
  throw new Error(first.error);
}
