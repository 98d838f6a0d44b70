import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Library } from "../../../src/engines/library/index.ts";
import { models } from "../../../src/features/models/open.ts";
import { openDatabase } from "../../../src/storage/index.ts";
import { testJobs } from "../../fixtures/jobs.ts";
import { noServerErrors } from "../core/fuzz.ts";
import { serve } from "../core/serve.ts";

test("no request to the models gives a 5xx", async () => {
  const home = mkdtempSync(join(tmpdir(), "charla-fuzz-"));
  const log: string[] = [];
  const library = new Library({
    home,
    catalogue: [],
    load: () => Promise.reject(new Error("there is nothing to load")),
    log: (line, error) => log.push(`${line} ${error}`),
  });
  const feature = models({ of: () => library });
  const opened = await openDatabase(home);
  const jobs = await testJobs(opened);
  {
    await using served = await serve(undefined, [feature], [], { jobs });
    await noServerErrors(served.url, served.routes);
    expect([...log, ...served.log]).toEqual([]);
  }
  await jobs.stop();
  await library.close();
  await opened.close();
  rmSync(home, { recursive: true });
});
