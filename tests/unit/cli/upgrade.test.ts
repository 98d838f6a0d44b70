/** `charla doctor` before an upgrade: what the next start would change, and that it changes nothing. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { charla, ROOT, serve, temporary } from "../../fixtures/charla.ts";

/** A folder that the first release has left. */
function left() {
  const home = temporary();
  const path = join(home, "charla.db");
  const dump = readFileSync(join(ROOT, "tests/fixtures/first-release.sql"), "utf8");
  const within = <Result>(work: (file: DatabaseSync) => Result) => {
    const file = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    try {
      return work(file);
    } finally {
      file.close();
    }
  };
  within((file) => file.exec(dump));
  const env = { CHARLA_HOME: home, HF_HUB_OFFLINE: "1" };
  const upgrade = async () => {
    const { code, stdout } = await charla(["doctor", "--json"], { env });
    const { findings } = JSON.parse(stdout);
    return { code, found: findings.find(({ name }: { name: string }) => name === "Upgrade") };
  };
  const had = () =>
    within((file) => file.prepare("select name from kysely_migration order by name").all());
  return { env, upgrade, had, within };
}

it("names the changes of the next start, makes none, and has nothing to say after it", async () => {
  const { env, upgrade, had } = left();
  const before = had();
  const { found } = await upgrade();
  expect(found).toMatchObject({
    ...{ state: "note", hint: expect.stringContaining("charla backup") },
    found: expect.stringMatching(/in \d+ steps: .*accounts\/001-/),
  });
  expect(had()).toEqual(before);
  const server = await serve(["--port", "0"], { env });
  // Also while the new version runs.
  expect((await upgrade()).found).toBeUndefined();
  const ended = once(server.child, "exit");
  server.child.kill("SIGTERM");
  await ended;
  expect(had().length).toBeGreaterThan(before.length);
});

it("says that it is too old for a database, and exits with 1", async () => {
  const { upgrade, within } = left();
  const newer = "insert into kysely_migration values ('conversations/999-later', '2030-01-01')";
  within((file) => file.exec(newer));
  expect(await upgrade()).toMatchObject({
    code: 1,
    found: { state: "missing", found: expect.stringContaining("conversations/999-later") },
  });
});

it("is refused by a version that is too old, which the backup from before brings back", async () => {
  const { env, within } = left();
  const backup = join(temporary(), "charla.backup");
  expect(await charla(["backup", backup], { env })).toMatchObject({ code: 0 });
  const newer = "insert into kysely_migration values ('conversations/999-later', '2030-01-01')";
  within((file) => file.exec(newer));
  const dump = () => within((file) => file.prepare("select * from message order by id").all());
  const before = dump();
  const refused = await charla(["serve", "--port", "0"], { env });
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("conversations/999-later");
  expect(refused.stderr).toContain("charla restore --replace");
  expect(dump()).toEqual(before);
  expect(await charla(["restore", "--replace", backup], { env })).toMatchObject({ code: 0 });
  const { url } = await serve(["--port", "0"], { env });
  const reply = await fetch(`${url}/api/conversations`);
  expect(await reply.json()).toMatchObject({ items: [{}, {}, {}] });
});
