/**
 * Audit: writes down administrative acts for good, shows them to administrators, and removes them
 * by whole months when the policy's time is over. `GET /api/audit`, `charla audit`.
 */
import type { Kysely } from "kysely";
import type { Feature } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import type { Language } from "../../locales/index.ts";
import * as api from "./api.ts";
import { auditCommand } from "./commands.ts";
import { AuditLog } from "./log.ts";
import { migrations } from "./tables.ts";

// biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
type Database = Kysely<any>;

export interface AuditOptions {
  /** Absent on the command line. */
  readonly db?: Database | undefined;
  /** For commands: opens the database with its tables up to date, and closes it again. */
  withDatabase<Result>(work: (db: Database) => Promise<Result>): Promise<Result>;
  readonly language: Language;
}

export function audit({ db, withDatabase, language }: AuditOptions): Feature {
  const log = db && new AuditLog(db);
  return {
    name: "audit",
    migrations,
    ...(log && keeping(log)),
    routes: () => (log ? routes(log) : []),
    commands: (program) =>
      auditCommand(program, (work) => withDatabase((open) => work(new AuditLog(open))), language),
  };
}

function keeping(log: AuditLog): Pick<Feature, "record" | "expire" | "rights"> {
  /** By the policy, once it has been told. */
  let months: number | undefined;
  return {
    record: (act) => log.record(act),
    async expire({ auditMonths }) {
      months = auditMonths;
      return [{ what: "rights.erased.acts", count: await log.trim(auditMonths) }];
    },
    rights: {
      async *collect(person) {
        const acts = await log.about(person);
        if (acts.length === 0) return;
        yield { path: "audit/acts.json", content: `${JSON.stringify(acts, null, 2)}\n` };
      },
      /** Stays: the acts hold ids, which nothing tells the person from any more. */
      async erase(person) {
        const { length: count } = await log.about(person);
        const until = months === undefined ? undefined : monthsFromNow(months + 1);
        return [{ what: "rights.erased.acts", count, kept: { why: "rights.kept.audit", until } }];
      },
    },
  };
}

function monthsFromNow(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString();
}

function routes(log: AuditLog) {
  return [
    route({
      method: "get",
      path: "/api/audit",
      access: "administrator",
      summary: "Lists administrative acts, newest first.",
      query: api.listQuery,
      reply: api.listReply,
      handle: ({ query }) => log.list(query),
    }),
    route({
      method: "get",
      path: "/api/audit/verify",
      access: "administrator",
      summary: "Reads the whole audit log and says whether anything in it was changed.",
      reply: api.verdict,
      handle: () => log.verify(),
    }),
  ];
}
