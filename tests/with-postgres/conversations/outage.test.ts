/**
 * Chats while a PostgreSQL server goes away and comes back: whoever asks is told to try again, and
 * what was acknowledged is there.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import { scripted } from "../../../src/engines/scripted.ts";
import { createPostgres, onServer, setUrl, temporary } from "../../fixtures/databases.ts";
import "../../fixtures/on-postgres.ts";
import { until } from "../../unit/conversations/home.ts";
import { serve } from "../../unit/conversations/server.ts";
import { proxy } from "../proxy.ts";

const SECRET = "hunter2-hunter2";

/** A server whose database can be taken from it. */
async function serveThrough(engine = scripted()) {
  const direct = new URL(await createPostgres());
  direct.password = SECRET;
  const network = await proxy(direct.href);
  const home = await temporary();
  setUrl(home, network.url);
  const server = await serve(home, engine);
  onTestFinished(() => server.stop());
  const works = () =>
    until(async () =>
      (await server.call("GET", "/api/conversations")).status === 200 ? 1 : undefined,
    );
  return { server, network, direct: direct.href, works };
}

/** Ends every connection of Charla's, as an administrator or a restart does. */
const terminate = (url: string) =>
  onServer(
    `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    url,
  );

describe("a server that ends connections", () => {
  it("loses nothing that was acknowledged, under load, over and over", async () => {
    const { server, direct, works } = await serveThrough();
    const acknowledged = new Map<string, string>();
    const refusals = new Set<string>();
    let over = false;
    const writer = async (name: number) => {
      for (let count = 0; !over; count++) {
        const content = `writer ${name} message ${count}`;
        const made = await server.call("POST", "/api/conversations", {});
        const path = `/api/conversations/${made.body.id}/turns`;
        const { status, body } =
          made.status === 200 ? await server.call("POST", path, { content, parentId: null }) : made;
        if (status === 200) acknowledged.set(body.question.id, content);
        else refusals.add(`${status} ${body.error.code} ${body.error.retryable}`);
      }
    };
    const writers = Array.from({ length: 6 }, (_, name) => writer(name));
    for (let round = 0; round < 8; round++) {
      const before = acknowledged.size;
      await until(async () => (acknowledged.size > before + 5 ? 1 : undefined));
      await terminate(direct);
    }
    over = true;
    await Promise.all(writers);
    await works();
    expect([...refusals]).toEqual(["503 storage_unreachable true"]);
    const rows = await server.db.selectFrom("message").selectAll().execute();
    const ids = new Set(rows.map(({ id }) => id));
    expect([...acknowledged.keys()].filter((id) => !ids.has(id))).toEqual([]);
    const questions = rows.filter(({ role }) => role === "user");
    expect(rows).toHaveLength(2 * questions.length);
    expect(server.logged.join("\n")).not.toContain(SECRET);
  });
});

describe("a network that breaks", () => {
  it("ends an answer that cannot be stored with the reason, and all goes on after", async () => {
    const LONG = "word ".repeat(400).trim();
    const { server, network, works } = await serveThrough(
      scripted({ tokenMs: 2, reply: () => LONG }),
    );
    const { id } = await server.create();
    const { answer } = await server.ask(id, "hi");
    const events = server.events(id, answer.id);
    for (let text = ""; text.length < 50; ) {
      const { value } = await events.next();
      if (value?.type === "text") text += value.text;
    }
    network.cut();
    const asked = await server.call("POST", "/api/conversations", {});
    expect([asked.status, asked.body.error]).toMatchObject([
      503,
      { code: "storage_unreachable", retryable: true },
    ]);
    let last: unknown;
    for await (const event of events) last = event;
    expect(last).toMatchObject({
      message: { status: "failed", error: { code: "storage_unreachable" } },
    });
    network.mend();
    await works();
    // What was stored before is there, and says that it was cut.
    const [, stored] = (await server.read(id)).messages;
    expect(stored?.status).toBe("interrupted");
    expect(LONG.startsWith(stored?.content ?? "none")).toBe(true);
    const next = await server.ask(id, "again", answer.id);
    expect(await server.ended(id, next.answer.id)).toMatchObject({ status: "done", content: LONG });
    expect(server.logged.join("\n")).not.toContain(SECRET);
  });
});
