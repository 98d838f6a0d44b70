/** A server that is killed at any moment has every message that it acknowledged. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { openContent } from "../../../src/features/conversations/rows.ts";
import type { MessageRow } from "../../../src/features/conversations/tables.ts";
import { openDatabase } from "../../../src/storage/index.ts";
import { onPostgres, urlOf } from "../../fixtures/databases.ts";
import { temporaryHome, until } from "./home.ts";
import { serve } from "./server.ts";

/** A release is tried with 200: CHARLA_TEST_KILLS=200. */
const ROUNDS = Number(process.env.CHARLA_TEST_KILLS || 20);
const WRITERS = 4;
const SCRIPT = fileURLToPath(new URL("./crash-server.ts", import.meta.url));

async function start(home: string): Promise<{ child: ChildProcess; url: string }> {
  const args = [SCRIPT, home, (await urlOf(home)) ?? ""];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  if (!child.stdout) throw new Error("no output");
  for await (const url of createInterface(child.stdout)) return { child, url };
  throw new Error("the server did not start");
}

it(
  "loses nothing it acknowledged, and leaves no half rows, over many kills",
  async () => {
    const home = await temporaryHome();
    /** Content of each acknowledged question, by its id. */
    const acknowledged = new Map<string, string>();
    const answers = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { child, url } = await start(home);
      // biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
      const post = async (path: string, body: object): Promise<any> => {
        const reply = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
        if (!reply.ok) throw new Error(await reply.text());
        return reply.json();
      };
      const writer = async (name: number) => {
        for (let count = 0; ; count++) {
          const { id } = await post("/api/conversations", {});
          const content = `round ${round} writer ${name} message ${count}`;
          const turn = await post(`/api/conversations/${id}/turns`, { content, parentId: null });
          acknowledged.set(turn.question.id, content);
          answers.add(turn.answer.id);
        }
      };
      let killed = false;
      const lost = (thrown: unknown) => {
        if (!killed) throw thrown;
      };
      const writers = Array.from({ length: WRITERS }, (_, name) => writer(name).catch(lost));
      // Some are killed while they begin, the others when they are at work.
      const before = acknowledged.size;
      if (round % 8 > 0) await until(async () => acknowledged.size > before || undefined);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
      killed = true;
      child.kill("SIGKILL");
      await once(child, "exit");
      await Promise.all(writers);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS / 2);

    const server = await serve(home);
    const sealer = await server.vault.of(SOLO.id);
    const sealed = await server.db.selectFrom("message").selectAll().execute();
    const rows = (sealed as MessageRow[]).map((row) => ({
      ...row,
      content: openContent(sealer, row),
    }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const [id, content] of acknowledged) expect(byId.get(id)?.content).toBe(content);
    for (const id of answers) expect(byId.has(id)).toBe(true);
    // Acknowledged or not: a question is there with its answer, or not at all.
    const questions = rows.filter(({ role }) => role === "user");
    expect(rows).toHaveLength(questions.length * 2);
    for (const row of rows) {
      expect(row.status).not.toBe("running");
      expect("palabra ".repeat(60).startsWith(row.content) || row.role === "user").toBe(true);
      if (row.role === "assistant") expect(byId.get(row.parent_id ?? "")?.role).toBe("user");
    }
    expect(rows.some(({ status }) => status === "interrupted")).toBe(true);
    if (process.env.CHARLA_TEST_KILLS) {
      console.log(
        `${ROUNDS} kills, ${acknowledged.size} questions acknowledged, ${rows.length} rows`,
      );
    }
    await server.stop();

    if (onPostgres()) return;
    const { db, close } = await openDatabase(home);
    const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
    expect(check.rows).toEqual([{ integrity_check: "ok" }]);
    await close();
  },
  ROUNDS * 10_000,
);
