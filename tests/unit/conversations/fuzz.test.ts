import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conversations } from "../../../src/features/conversations/open.ts";
import { jobTables } from "../../../src/jobs/tables.ts";
import { migrate } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { openAt } from "../../fixtures/databases.ts";
import { jobsOn } from "../../fixtures/jobs.ts";
import { sealing } from "../../fixtures/vault.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { type Json, serve } from "../core/serve.ts";

test("no request to the conversations gives a 5xx", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-fuzz-"));
  const opened = await openAt(home);
  const sealed = sealing(opened);
  const log: string[] = [];
  await migrate(opened.db, [vaultTables, jobTables, conversations]);
  const given = {
    ...{ ...sealed, jobs: jobsOn(sealed), settings: { home } },
    log: (line: string, error?: unknown) => log.push(`${line} ${error}`),
  };
  {
    await using served = await serve(undefined, [conversations], [], given);
    const { id } = (await (await served.post("/api/conversations", {})).json()) as Json;
    const body = { content: "hello", parentId: null };
    const turn = (await (await served.post(`/api/conversations/${id}/turns`, body)).json()) as Json;
    const ids = [id, turn.question.id, turn.answer.id];
    await noServerErrors(served.url, served.routes, ids);
    expect([...log, ...served.log]).toEqual([]);
  }
  await opened.close();
  rmSync(home, { recursive: true });
});
