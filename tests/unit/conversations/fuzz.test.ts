import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conversations, sharingPolicy } from "../../../src/features/conversations/index.ts";
import { migrate } from "../../../src/storage/index.ts";
import { openAt } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { type Json, serve } from "../core/serve.ts";

test("no request to the conversations gives a 5xx", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-fuzz-"));
  const opened = await openAt(home);
  const sealed = sealing(opened);
  const log: string[] = [];
  const feature = conversations({
    ...sealed,
    policy: sharingPolicy.parse({}),
    record: async () => {},
    log: (line, error) => log.push(`${line} ${error}`),
  });
  await migrate(opened.db, [sealed.vault, feature]);
  {
    await using served = await serve(undefined, [feature]);
    const { id } = (await (await served.post("/api/conversations", {})).json()) as Json;
    const body = { content: "hello", parentId: null };
    const turn = (await (await served.post(`/api/conversations/${id}/turns`, body)).json()) as Json;
    const ids = [id, turn.question.id, turn.answer.id];
    await noServerErrors(served.url, served.routes, ids);
    await feature.stop?.();
    expect([...log, ...served.log]).toEqual([]);
  }
  await opened.close();
  rmSync(home, { recursive: true });
}, 120_000);
