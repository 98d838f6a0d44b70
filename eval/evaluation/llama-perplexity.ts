/**
 * Builds llama-perplexity from the source of llama.cpp that node-llama-cpp carries, against the same
 * libraries that Charla computes with: so both can be compared on one file, in one run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { lookForLibrary } from "../../src/engines/llama/native/find.ts";

const BUNDLE = new URL("../../node_modules/node-llama-cpp/llama/gitRelease.bundle", import.meta.url)
  .pathname;

/** The tool's own `main` leaves the backends to the libraries that it was linked with. */
const MAIN = `#include "ggml-backend.h"
int llama_perplexity(int argc, char ** argv);
int main(int argc, char ** argv) {
    ggml_backend_load_all_from_path(LIBRARIES);
    return llama_perplexity(argc, argv);
}
`;

/** What is not there to build it with; undefined where all is. */
export async function missing(): Promise<string | undefined> {
  if (!existsSync(BUNDLE)) return "the source of llama.cpp in node-llama-cpp";
  for (const program of ["git", "g++"]) {
    const found = await run(program, ["--version"]).catch(() => undefined);
    if (found === undefined) return program;
  }
  return undefined;
}

/**
 * @param folder empty, for the source and the program
 * @param level of the compiler: what it computes is the same, and to build it takes half the time with `-O0`
 * @returns path of the program
 * @throws Error with what git or the compiler has said
 */
export async function build(folder: string, level: "-O0" | "-O2" = "-O2"): Promise<string> {
  const { path } = await lookForLibrary();
  const libraries = dirname(path);
  const source = join(folder, "source");
  await run("git", ["clone", "--quiet", BUNDLE, source]);
  const main = join(folder, "main.cpp");
  await writeFile(main, MAIN);
  const program = join(folder, "llama-perplexity");
  const linked = (await readdir(libraries)).filter((name) =>
    /^lib(llama-common|llama\.v|ggml\.v|ggml-base)[\w.]*\.so$/.test(name),
  );
  await run("g++", [
    ...[level, "-std=c++17", `-DLIBRARIES="${libraries}"`],
    ...["include", "ggml/include", "common", "vendor"].map((one) => `-I${join(source, one)}`),
    ...[main, join(source, "tools/perplexity/perplexity.cpp"), "-o", program],
    ...linked.map((name) => join(libraries, name)),
    ...[`-Wl,-rpath,${libraries}`, "-lpthread"],
  ]);
  return program;
}

/** The final estimate of the tool, how many chunks it read, and in what time, loading left out. */
export async function perplexityBy(
  program: string,
  args: { readonly model: string; readonly text: string; readonly threads: number },
): Promise<{ readonly value: number; readonly chunks: number; readonly seconds: number }> {
  const { model, text: file, threads } = args;
  const told = await run(program, ["-m", model, "-f", file, "-c", "512", "-t", String(threads)]);
  const [, value] = /Final estimate: PPL = ([\d.]+)/.exec(told) ?? [];
  const [, chunks] = /over (\d+) chunks/.exec(told) ?? [];
  if (value === undefined) throw new Error(`no estimate in: ${told.slice(-2000)}`);
  const seconds = clock(told, "Final estimate") - clock(told, "tokenizing the input");
  return { value: Number(value), chunks: Number(chunks), seconds };
}

/** Its log has minutes, seconds, milliseconds and microseconds before each line: "0.04.326.960 I ...". */
function clock(log: string, line: string): number {
  const [, ...parts] =
    new RegExp(`(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+) \\w .*${line}`).exec(log) ?? [];
  const [minutes = 0, seconds = 0, ms = 0, us = 0] = parts.map(Number);
  return 60 * minutes + seconds + ms / 1e3 + us / 1e6;
}

/** @returns all that it has printed */
async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${err.slice(-2000)}`);
  return out + err;
}
