/**
 * `node scripts/protos.mjs`: makes the descriptors of gRPC again, after a change of its protos, with the
 * compiler that the Python package `grpcio-tools` has. `--check` only says whether they are current.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { installClients } from "./python.mjs";
import { run } from "./terminal.mjs";

const FOLDER = new URL("../src/features/grpc/", import.meta.url);
const TARGET = new URL("descriptors.json", FOLDER);
const LIST = new URL("../tests/with-python/grpc/requirements.txt", import.meta.url);
const LINE = 96;

const cwd = fileURLToPath(new URL("protos", FOLDER));
const folder = mkdtempSync(join(tmpdir(), "charla-protos-"));
try {
  const out = join(folder, "set");
  const files = globSync("**/*.proto", { cwd }).map((file) => file.split(sep).join("/"));
  const python = await installClients(LIST);
  const args = ["-m", "grpc_tools.protoc", `-I${cwd}`, "--include_imports"];
  const { code, output } = await run(python, [
    ...args,
    `--descriptor_set_out=${out}`,
    ...files.sort(),
  ]);
  if (code !== 0) throw new Error(output);
  const lines = readFileSync(out)
    .toString("base64")
    .match(new RegExp(`.{1,${LINE}}`, "g"));
  const made = `${JSON.stringify(lines, null, 2)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(TARGET, made);
  else if (readFileSync(TARGET, "utf8") !== made)
    throw new Error("the protos have changed: run it without --check");
} finally {
  rmSync(folder, { recursive: true });
}
