import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "../../../src/engines/library/store.ts";
import { bytesOf, HubServer, modelOf, sha256 } from "./hub-server.ts";

const BYTES = bytesOf(3_000_000);
const SCRIPT = fileURLToPath(new URL("pull-process.ts", import.meta.url));
let home: string;
let server: HubServer;
let store: Store;
let children: ChildProcess[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  store = new Store(home);
  server = await HubServer.start(BYTES);
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** Starts a download in its own process, under `ulimit -f` blocks of 1 KiB if given. */
function start(blocks?: number) {
  const args = [SCRIPT, ...[home, server.hub(), modelOf(BYTES)].map((one) => JSON.stringify(one))];
  const limited = ["-c", `trap "" XFSZ; ulimit -f ${blocks}; exec "$@"`, "bash", process.execPath];
  const child =
    blocks === undefined
      ? spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
      : spawn("bash", [...limited, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return { child, lines: createInterface(child.stdout) };
}

async function lastLine({ lines }: ReturnType<typeof start>): Promise<string> {
  let last = "";
  for await (const line of lines) last = line;
  return last;
}

async function killAt(bytes: number) {
  const { child, lines } = start();
  for await (const line of lines) if (Number(line) >= bytes) break;
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

async function expectWhole() {
  expect(sha256(await readFile(store.path("tiny.gguf")))).toBe(sha256(BYTES));
}

test("a download that was killed goes on at the next pull", async () => {
  server.chunkMs = 10;
  await killAt(500_000);
  const { size } = await stat(store.path("tiny.gguf.part"));
  expect(size).toBeGreaterThanOrEqual(500_000);
  expect(size).toBeLessThan(BYTES.length);

  server.chunkMs = 0;
  expect(await lastLine(start())).toBe("done");
  expect(server.seen.at(-1)?.headers.range).toBe(`bytes=${size}-`);
  await expectWhole();
});

test("two processes that want the same model download it once", async () => {
  server.chunkMs = 5;
  const both = await Promise.all([lastLine(start()), lastLine(start())]);
  expect(both).toEqual(["done", "done"]);
  expect(server.seen.filter((one) => one.server === "cdn")).toHaveLength(1);
  await expectWhole();
});

test("who waits takes over when the other is killed", async () => {
  server.chunkMs = 10;
  const first = start();
  for await (const line of first.lines) if (Number(line) >= 300_000) break;
  const second = start();
  // It reports how far the first one has come.
  for await (const line of second.lines) if (Number(line) >= 300_000) break;
  first.child.kill("SIGKILL");
  await once(second.child, "exit");
  await expectWhole();
});

test("a disk that fills up meanwhile is a clear error, and the next pull goes on", async () => {
  expect(await lastLine(start(1000))).toBe("disk_full");
  const { size } = await stat(store.path("tiny.gguf.part"));
  expect(size).toBe(1000 * 1024);
  expect(await lastLine(start())).toBe("done");
  expect(server.seen.at(-1)?.headers.range).toBe(`bytes=${size}-`);
  await expectWhole();
});
