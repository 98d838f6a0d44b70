/** The database is for its owner alone, also in a folder that is open to all. */
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/storage/index.ts";
import { temporary } from "../../fixtures/charla.ts";

test.runIf(process.platform !== "win32")("its files are, whether new or from before", async () => {
  const home = temporary();
  chmodSync(home, 0o755);
  const mode = (file: string) => (statSync(join(home, file)).mode & 0o777).toString(8);
  const before = process.umask(0o022);
  try {
    const write = 'create table if not exists "one" (x integer)';
    const first = await openDatabase(home);
    await sql.raw(write).execute(first.db);
    expect([mode("charla.db"), mode("charla.db-wal")]).toEqual(["600", "600"]);
    await first.close();
    chmodSync(join(home, "charla.db"), 0o644);
    writeFileSync(join(home, "charla.db-wal"), "", { mode: 0o644 });
    const second = await openDatabase(home);
    await sql.raw(write.replace("one", "two")).execute(second.db);
    expect([mode("charla.db"), mode("charla.db-wal")]).toEqual(["600", "600"]);
    await second.close();
  } finally {
    process.umask(before);
  }
});
