/**
 * The whole product with accounts, asked anything at all by an administrator, a member, a program
 * with a key and nobody: no 5xx, no crash, nothing in the log, and every error says what it is and
 * what to do. The routes are those of `/openapi.json`.
 *
 * A small number of requests, the same ones each time; `CHARLA_TEST_FUZZ=20000` makes so many new
 * ones. What is no HTTP is answered by Node itself, before any route: `tests/unit/net/slow.test.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { SCOPES } from "../../../src/core/access.ts";
import { scriptedLibrary } from "../../fixtures/scripted-library.ts";
import { type Browser, type Place, serve } from "../../fixtures/shared-mode.ts";
import { type Operation, operations, requests, type Wire } from "./requests.ts";

const TOTAL = Number(process.env.CHARLA_TEST_FUZZ || 1500);
/** The same requests each time; with the variable set, others. */
const SEED = process.env.CHARLA_TEST_FUZZ ? Date.now() % 2 ** 31 : 1;
/** Of a stream that may have no end, as much is read as comes in so many milliseconds. */
const GLIMPSE_MS = 15;

/** Nobody is held up by a limit; those have their own tests. */
const POLICY = `
[limits]
sign_in_tries = 100
requests_per_minute = { person = 0, key = 0, address = 0 }
at_once = { answers = 0, requests = 0, requests_of_address = 0 }
[sharing]
enabled = true
`;

/**
 * Routes that are not asked with a session, since that would take the ground from under all that
 * follows. Nothing else is left out: what ends sessions, takes roles away or erases people needs a
 * password, a name or an id, and of those the requests know only such as can be spared.
 */
const NO_SESSION: Readonly<Record<string, string>> = {
  "POST /api/auth/sign-out": "ends the very session that it is asked with",
  "POST /api/files/meaning": "fetches 90 MB",
};

const home = mkdtempSync(join(tmpdir(), "charla-fuzz-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Credentials = Readonly<Record<string, string>>;

/** Who asks, how, and the ids of what is there for it. */
interface People {
  readonly administrator: Browser;
  readonly member: Browser;
  /** Whose account may come to any harm. */
  readonly victim: string;
  readonly credentials: Readonly<
    Record<"administrator" | "member" | "key" | "nobody", Credentials>
  >;
}

const cookie = ({ cookies }: Browser) => ({
  cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
});

async function people(place: Place): Promise<People> {
  const administrator = await place.administrator();
  const member = await place.join(administrator, "bea@example.org");
  const victim = await place.join(administrator, "vera@example.org");
  const made = await member.must("POST", "/api/auth/keys", {
    ...{ name: "program", scopes: SCOPES, days: 1 },
  });
  return {
    ...{ administrator, member },
    victim: (await victim.must("GET", "/api/account/state")).person.id,
    credentials: {
      administrator: cookie(administrator),
      member: cookie(member),
      key: { authorization: `Bearer ${made.secret}` },
      nobody: {},
    },
  };
}

/** Fresh things with ids for each route, since requests delete and change them. */
async function things({ administrator, member, victim }: People): Promise<string[]> {
  const ids = [victim];
  for (const person of [administrator, member]) {
    // A name that a request has chosen could be typed by another to confirm an erasure.
    await person.must("PATCH", "/api/auth/profile", { name: `the ${crypto.randomUUID()}` });
    const chat = await person.must("POST", "/api/conversations", {});
    const path = `/api/conversations/${chat.id}`;
    const turn = await person.must("POST", `${path}/turns`, { content: "hello", parentId: null });
    await person.call("GET", `${path}/messages/${turn.answer.id}/stream`);
    ids.push(chat.id, turn.question.id, turn.answer.id);
  }
  const { id: deleted } = await member.must("POST", "/api/conversations", {});
  await member.must("DELETE", `/api/conversations/${deleted}`);
  const path = `/api/conversations/${ids.at(-3)}`;
  const { share, token } = await member.must("POST", `${path}/shares`, { days: 1 });
  const grant = await member.must("POST", `${path}/support`, { hours: 1, reason: "look" });
  const email = `${share.id}@elsewhere.example`;
  const invited = await administrator.must("POST", "/api/auth/invitations", { email });
  return [...ids, deleted, share.id, token, grant.id, invited.invitation.id];
}

interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Over a line of our own: `fetch` would mend or refuse half of what is sent here. */
function send(
  origin: string,
  agent: Agent,
  wire: Wire,
  credentials: Credentials,
): Promise<Got | "left"> {
  const { method, target, body, cut } = wire;
  const length = body && { "content-length": String(body.length + (cut ? 10 : 0)) };
  const headers = { origin, ...credentials, ...wire.headers, ...length };
  return new Promise((resolve, reject) => {
    const asking = request(origin, { method, path: target, agent, headers }, (reply) => {
      const type = reply.headers["content-type"] ?? "";
      const chunks: Buffer[] = [];
      const status = reply.statusCode ?? 0;
      const zipped = reply.headers["content-encoding"] === "gzip";
      const done = () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status, type, text: (zipped && !cut ? gunzipSync(bytes) : bytes).toString() });
      };
      reply.on("data", (chunk) => chunks.push(chunk)).on("end", done);
      // Cut off in the middle of an answer, which only the client itself may do.
      reply.on("error", (error) => (cut && body ? resolve("left") : reject(error)));
      if (type.startsWith("text/event-stream")) {
        setTimeout(() => {
          done();
          asking.destroy();
        }, GLIMPSE_MS);
      }
    });
    asking.on("error", (error) => {
      if (cut && body) resolve("left");
      // The server had closed this connection after the request before, whose body it did not read.
      else if (asking.reusedSocket) resolve(send(origin, agent, wire, credentials));
      else reject(error);
    });
    if (body) asking.write(body);
    if (!(cut && body)) asking.end();
    else setTimeout(() => asking.destroy(), 2);
  });
}

/** What is wrong with an answer; undefined when nothing is. */
function fault(method: string, { status, type, text }: Got): string | undefined {
  if (status >= 500) return `${status} ${text}`;
  // In the middle of a stream the status has been sent already.
  if (text.includes('"internal_error"')) return text;
  if (status < 400 || method === "HEAD") return undefined;
  if (!type.startsWith("application/json")) return `${status} as "${type}": ${text}`;
  const { error, jsonrpc } = JSON.parse(text);
  // MCP has its own words for what is wrong with a message.
  if (jsonrpc === "2.0" && typeof error?.code === "number") return undefined;
  const whole = [error?.message, error?.code, error?.hint, error?.type].every(
    (part) => typeof part === "string" && part !== "",
  );
  return whole && typeof error.retryable === "boolean" ? undefined : `${status} ${text}`;
}

const shown = ({ method, target, headers, body, cut }: Wire) =>
  `${method} ${target.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ` +
  `${JSON.stringify(body?.toString("latin1").slice(0, 300))}${cut ? " (cut)" : ""}`;

test(`${TOTAL} requests of any kind (seed ${SEED})`, async () => {
  const place = await serve({ home, policy: POLICY, engines: scriptedLibrary });
  const all = await people(place);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const routes = operations(await all.member.must("GET", "/openapi.json"));
  const numRuns = Math.ceil(TOTAL / routes.length);
  const faults: string[] = [];
  let [logged, good] = [0, 0];

  const ask = async (route: Operation, who: keyof People["credentials"], wire: Wire) => {
    const got = await send(place.origin, agent, wire, all.credentials[who]).catch(String);
    const said =
      typeof got === "string" ? (got === "left" ? undefined : got) : fault(wire.method, got);
    if (typeof got !== "string" && got.status < 300) good += 1;
    const log = place.logged.slice(logged).map(String);
    logged = place.logged.length;
    if (said === undefined && log.length === 0) return true;
    throw new Error(`${route.method} ${route.path} as ${who}: ${said} ${log.join("; ")}`);
  };
  for (const [index, route] of routes.entries()) {
    const ids = await things(all);
    const name = `${route.method} ${route.path}`;
    const session = name in NO_SESSION ? [] : (["administrator", "member"] as const);
    const who = fc.constantFrom(...session, ...session, "key" as const, "nobody" as const);
    const property = fc.asyncProperty(who, requests(route, ids), (one, wire) =>
      ask(route, one, wire),
    );
    const found = await fc.check(property, { numRuns, seed: SEED + index });
    if (!found.failed) continue;
    const [, wire] = found.counterexample ?? [];
    faults.push(`${(found.errorInstance as Error)?.message}\n  ${wire && shown(wire)}`);
  }
  expect(faults).toEqual([]);
  // Enough of them got through the door to what they were for.
  expect(good).toBeGreaterThan(TOTAL / 10);

  // They were who they were to the end, and the server is there.
  expect(await all.administrator.person()).toBe("ana@example.org");
  expect(await all.member.person()).toBe("bea@example.org");
  const { key } = all.credentials;
  expect(
    (await all.member.call("GET", "/v1/models", undefined, { cookie: "", ...key })).status,
  ).toBe(200);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}, 3_600_000);
