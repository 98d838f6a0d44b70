/** The server that is soaked: `charla serve` with accounts, in a process and a home of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, launch, line } from "../processes.ts";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/**
 * @param settings variables of the environment beside the usual ones
 * @returns with the token of the set-up link, and the port of the inspector
 */
export async function serve(
  home: string,
  settings: Readonly<Record<string, string>>,
  policy: string,
) {
  writeFileSync(join(home, "policy.toml"), policy);
  const [port, inspectPort] = [await freePort(), await freePort()];
  const { PATH } = process.env;
  const env = { PATH, HOME: home, CHARLA_HOME: home, LANG: "C", ...settings };
  const inspect = `--inspect=127.0.0.1:${inspectPort}`;
  const args = [inspect, CLI, "serve", "--accounts", "on", "--port", String(port)];
  const server = launch(process.execPath, args, { env });
  const link = await line(server, /set-up#/, 30_000);
  const token = /set-up#([\w-]+)/.exec(link)?.[1] ?? "";
  return { server, token, port: inspectPort, url: `http://127.0.0.1:${port}` };
}

interface Engine {
  /** Answers that are computed, and that wait. */
  readonly busy: number;
  readonly queued: number;
  readonly counters?: { readonly restarts: number };
}

/** What the one engine does, as an administrator sees it, and how many turns are under way. */
export async function engineOf(
  url: string,
  cookie: string,
): Promise<Engine & { readonly running: number }> {
  const leave = new AbortController();
  const reply = await fetch(`${url}/api/engine`, { headers: { cookie }, signal: leave.signal });
  let text = "";
  for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes("\n\n")) break;
  }
  leave.abort();
  const { running, engines }: { running: number; engines: Engine[] } = JSON.parse(
    text.slice("data: ".length),
  );
  const [engine] = engines;
  if (!engine) throw new Error("no engine is in memory");
  return { running, ...engine };
}
