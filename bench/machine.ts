/** On what the figures were measured: the machine, and the versions of everything. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { versions } from "./peers/python.ts";
import type { Machine } from "./report.ts";

const ROOT = new URL("../", import.meta.url);

export async function describeMachine(model: string, peers: Iterable<string>): Promise<Machine> {
  const load = loadavg().map((average) => average.toFixed(2));
  const described: Record<string, string | number> = {
    Date: new Date().toISOString().slice(0, 10),
    Processor: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores`,
    Instructions: instructions(),
    Memory: `${(totalmem() / 1e9).toFixed(1)} GB`,
    System: `${type()} ${release()}`,
    "Load before (1, 5, 15 min)": load.join(", "),
    Node: process.version,
    Charla: `${read("package.json").version}, commit ${commit()}`,
    "node-llama-cpp": read("node_modules/node-llama-cpp/package.json").version,
    "llama.cpp in it": read("node_modules/node-llama-cpp/llama/binariesGithubRelease.json").release,
    Model: `${basename(model)}, SHA-256 ${await digest(model)}`,
  };
  for (const peer of peers) {
    const packages = versions(peer);
    if (packages.length > 0) described[peer] = packages.join(", ");
  }
  return described;
}

function read(path: string): { version: string; release: string } {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf8"));
}

/** The vector instructions that decide the speed on x86; nothing where Linux does not tell. */
function instructions(): string {
  try {
    const flags = /^flags\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    const known = ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"];
    return known.filter((flag) => flags.split(" ").includes(flag)).join(", ");
  } catch {
    return "unknown";
  }
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: fileURLToPath(ROOT), encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src", "package.json") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? ", with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
