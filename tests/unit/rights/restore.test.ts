/** A backup that is put back holds nobody who was erased since, and the audit log still holds. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { charla } from "../../fixtures/charla.ts";
import { urlOf } from "../../fixtures/databases.ts";
import { start, temporaryHome } from "./product.ts";

test("who was erased after a backup was made is erased again when it is put back", async () => {
  const home = await temporaryHome();
  const url = await urlOf(home);
  const env = { CHARLA_HOME: home, ...(url !== undefined && { CHARLA_DATABASE_URL: url }) };
  const file = join(await temporaryHome(), "charla.backup");
  const first = await start(home, { engines: only(scripted()) });
  const chat = await first.json("POST", "/api/conversations", {});
  await first.ask(chat.id, "Where does Hortensia live?");
  await (await first.send("POST", "/api/rights/export", {})).arrayBuffer();
  await first.stop();
  expect((await charla(["backup", file], { env })).code).toBe(0);

  // It holds the chat: put back without an erasure in between, that is there.
  expect((await charla(["restore", file, "--replace"], { env })).code).toBe(0);
  const second = await start(home, { engines: only(scripted()) });
  expect((await second.json("GET", "/api/conversations")).items).toHaveLength(1);
  await second.json("POST", "/api/rights/erase", { confirm: "ERASE" });
  await second.stop();

  expect((await charla(["restore", file, "--replace"], { env })).code).toBe(0);
  const third = await start(home, { engines: only(scripted()) });
  expect((await third.json("GET", "/api/conversations")).items).toEqual([]);
  expect(await third.json("GET", "/api/audit/verify")).toMatchObject({ broken: null });
  const { items } = await third.json("GET", "/api/audit?subject=solo");
  expect(items[0]).toMatchObject({ actor: "system", act: "person.erased" });
});
