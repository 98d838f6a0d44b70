/**
 * Around every route that only administrators may use and that changes something: what was done is
 * written down, unless the route has said it better itself. So no act can be forgotten.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareHandler } from "hono";
import { whoAsks } from "../../core/access.ts";
import type { RecordAct } from "../../core/audit.ts";
import type { Route } from "../../core/route.ts";

/** Of the request that is under way: whether an act of it stands in the log. */
const under = new AsyncLocalStorage<{ written: boolean }>();

/** The same, which tells the layer. */
export function noticed(record: RecordAct): RecordAct {
  return async (act) => {
    await record(act);
    const request = under.getStore();
    if (request) request.written = true;
  };
}

export function layersOf(route: Route, record: RecordAct): readonly MiddlewareHandler[] {
  if (route.access !== "administrator" || route.method === "get") return [];
  const act = actOf(route);
  return [
    (c, next) =>
      under.run({ written: false }, async () => {
        await next();
        if (!c.res.ok || under.getStore()?.written) return;
        const subject = Object.values(c.req.param() as Record<string, string>).at(-1);
        await record({ actor: whoAsks().id, act, subject });
      }),
  ];
}

/** POST /api/models/:id/use -> "models.use"; DELETE /api/models/:id -> "models.delete" */
export function actOf({ method, path }: Pick<Route, "method" | "path">): string {
  const words = path.split("/").filter((word) => word !== "" && !/^(api$|:)/.test(word));
  return [...words, ...(method === "post" ? [] : [method])].join(".");
}
