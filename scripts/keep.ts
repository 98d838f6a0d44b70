/**
 * `node scripts/keep.ts` keeps a small data folder of this version in `tests/fixtures/kept/`, for every later one
 * to be tried on; `npm run release` refuses a version of which there is none. With the folder of another version,
 * and a name, that one makes it: `node scripts/keep.ts ../charla-0.1.0 0.1.0`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Zippable, zipSync } from "fflate";
import { Browser, PASSWORD } from "../tests/fixtures/browser.ts";
import { answersOf, FOLDER, type Kept, look, maybe, type Seen } from "../tests/fixtures/kept.ts";

const [folder = fileURLToPath(new URL("../", import.meta.url)), as] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const home = mkdtempSync(join(tmpdir(), "charla-kept-"));
try {
  const { server, origin, token } = await serve();
  const kept = await use(origin, token);
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${as ?? version}.zip`);
  writeFileSync(file, zipSync({ ...left(), "kept.json": bytesOf(kept) }, { level: 9 }));
  console.log(file);
} finally {
  rmSync(home, { recursive: true, force: true });
}

interface Served {
  readonly server: ChildProcess;
  readonly origin: string;
  readonly token: string;
}

async function serve(): Promise<Served> {
  const settings = { CHARLA_HOME: home, CHARLA_ACCOUNTS: "on", CHARLA_ENGINE: "scripted" };
  const env = { PATH: process.env.PATH, ...settings, CHARLA_DRAIN_SECONDS: "0" };
  const args = [join(folder, "src/cli.ts"), "serve", "--port", "0"];
  const server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const { promise, resolve, reject } = Promise.withResolvers<Served>();
  createInterface(server.stdout).on("line", (line) => {
    const [, port, token] = /:(\d+)\/\S*set-up#([\w-]+)/.exec(line) ?? [];
    if (port && token) resolve({ server, origin: `http://localhost:${port}`, token });
  });
  server.once("exit", () => reject(new Error(`${folder} does not serve`)));
  return promise;
}

/** What people do, each thing once. */
async function use(origin: string, token: string): Promise<Kept> {
  const ask = async (who: Browser, chat: string, content: string, parentId: string | null) => {
    const asked = { content, parentId };
    const { answer } = await who.must("POST", `/api/conversations/${chat}/turns`, asked);
    await who.call("GET", `/api/conversations/${chat}/messages/${answer.id}/stream`);
    return answer.id as string;
  };
  const chatOf = async (who: Browser, changes: object) => {
    const { id } = await who.must("POST", "/api/conversations", {});
    await who.must("PATCH", `/api/conversations/${id}`, changes);
    return id as string;
  };
  const ana = new Browser(origin);
  const person = { name: "Ana", email: "ana@example.org", password: PASSWORD };
  await ana.must("POST", "/api/auth/set-up", { token, ...person });
  const join = async (name: string) => {
    const email = `${name}@example.org`;
    const invitation = { email, role: "member" };
    const { link } = await ana.must("POST", "/api/auth/invitations", invitation);
    const who = new Browser(origin);
    const accepted = { token: link.split("#")[1], name, password: PASSWORD };
    await who.must("POST", "/api/auth/invitations/accept", accepted);
    return who;
  };

  const settings = { systemPrompt: 'Be brief: "yes" o no.', temperature: 0.2, seed: 7 };
  const song = await chatOf(ana, { title: "Música y canción", pinned: true, settings });
  const first = await ask(ana, song, "¿Qué es una canción? 😀", null);
  await ask(ana, song, "And in English?", first);
  await ask(ana, song, "An edited question\nwith 'two' lines", null);

  const eva = await join("eva");
  const garden = await chatOf(eva, { title: "The garden in spring" });
  await ask(eva, garden, "When are tomatoes sown?", null);
  const deleted = await chatOf(eva, { title: "Deleted" });
  await ask(eva, deleted, "Nobody sees this", null);
  await eva.must("DELETE", `/api/conversations/${deleted}`);
  await maybe(eva, "PUT", "/api/instructions", { text: "Briefly", active: true });
  await maybe(eva, "POST", "/api/files?name=garden.txt", ["Tomatoes are sown in March."]);
  await maybe(eva, "POST", "/api/assistants", { name: "Gardener", settings: { maxTokens: 50 } });
  await maybe(eva, "POST", "/api/saved-prompts", { name: "Greeting", text: "Greet {{whom}}" });
  await maybe(eva, "POST", "/api/folders", { name: "Outside" });
  const key = { name: "Laptop", scopes: ["chat"], days: 90 };
  const { secret: apiKey } = await eva.must("POST", "/api/auth/keys", key);

  const gus = await join("gus");
  await ask(gus, await chatOf(gus, { title: "Gone" }), "Erased with him", null);
  await gus.must("POST", "/api/rights/erase", { confirm: "gus" });

  const people: Record<string, Seen> = {};
  const receipts: string[] = [];
  for (const [name, who] of Object.entries({ ana, eva })) {
    const seen = await look(who);
    people[`${name}@example.org`] = seen;
    for (const path of answersOf(seen)) {
      const receipt = await maybe(who, "GET", `${path}/receipt`);
      if (receipt) receipts.push(JSON.stringify(receipt));
    }
  }
  const checkpoint = await maybe(ana, "GET", "/log/checkpoint");
  return { people, erased: "gus@example.org", apiKey, receipts, checkpoint };
}

/** The files of the data folder, without those of a server that runs. */
function left(): Zippable {
  const files = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(lock|server)\./.test(entry.name))
    .map(({ name }) => name);
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(home, name))]));
}

function bytesOf(kept: Kept): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(kept));
}
