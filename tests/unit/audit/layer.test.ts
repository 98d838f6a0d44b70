/** Whatever an administrator changes stands in the log, whether its route thought of that or not. */
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { inTheNameOf, SOLO } from "../../../src/core/access.ts";
import type { Act } from "../../../src/core/audit.ts";
import type { Route } from "../../../src/core/route.ts";
import { actOf, layersOf, noticed } from "../../../src/features/audit/layer.ts";

function ask(route: Partial<Route>, answer: (record: (act: Act) => Promise<void>) => unknown) {
  const acts: Act[] = [];
  const record = noticed(async (act) => void acts.push(act));
  const app = new Hono();
  const whole = { access: "administrator", method: "post", path: "/api/things/:id/use", ...route };
  const layers = layersOf(whole as Route, record);
  app.use((_c, next) => inTheNameOf(SOLO, next));
  app.on(whole.method, [whole.path], ...layers, async (c) => {
    const status = (await answer(record)) as 200 | undefined;
    return c.body(null, status ?? 204);
  });
  const method = whole.method.toUpperCase();
  return { acts, done: app.request(whole.path.replace(":id", "a b"), { method }) };
}

describe("an act of an administrator", () => {
  test("is written down with who, what and to what", async () => {
    const { acts, done } = ask({}, () => undefined);
    await done;
    expect(acts).toEqual([{ actor: "solo", act: "things.use", subject: "a b" }]);
  });

  test("that its route writes down stands there once", async () => {
    const own = { actor: "solo", act: "thing.used", subject: "it" };
    const { acts, done } = ask({}, (record) => record(own));
    await done;
    expect(acts).toEqual([own]);
  });

  test.each([400, 403, 404, 500])("that failed (%i) was none", async (status) => {
    const { acts, done } = ask({}, () => status);
    await done;
    expect(acts).toEqual([]);
  });

  test("is none where nothing is changed, or others may do it, too", async () => {
    for (const route of [{ method: "get" }, { access: "session" }, { access: "chat" }]) {
      const { acts, done } = ask(route as Partial<Route>, () => undefined);
      await done;
      expect(acts).toEqual([]);
    }
  });
});

test("ways to change the same thing are told apart by name", () => {
  const one = "/api/models/:id";
  const routes = [
    ["post", `${one}/pull`],
    ["delete", `${one}/pull`],
    ["delete", one],
    ["get", one],
  ];
  const all = routes.map(([method, path]) => ({ access: "administrator", method, path }) as Route);
  const layered = all.filter((route) => layersOf(route, async () => {}).length > 0);
  expect(layered.map(actOf)).toEqual(["models.pull", "models.pull.delete", "models.delete"]);
});
