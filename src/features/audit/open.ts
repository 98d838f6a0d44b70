/**
 * Audit: writes down administrative acts for good, shows them to administrators, and removes them
 * by whole months when the policy's time is over. `GET /api/audit`, `charla audit`.
 */
import { type Opened, openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import * as api from "./api.ts";
import { layersOf, noticed } from "./layer.ts";
import { AuditLog } from "./log.ts";
import { migrations } from "./tables.ts";

/** The log's entries about a person, and why they outlive an erasure. */
const ACTS = {
  en: "Entries of the audit log about the account",
  es: "Entradas del registro de auditoría sobre la cuenta",
};
const KEPT = {
  en: "the law requires a record of what administrators do; the entries hold an id and nothing that was written in chats.",
  es: "la ley exige poder seguir lo que hacen los administradores; las entradas llevan un identificador y nada de lo escrito en los chats.",
};

export const audit = openable({
  name: "audit",
  migrations,
  open({ db, ledger }) {
    const log = new AuditLog(db, ledger);
    return { ...keeping(log), routes: routes(log) };
  },
});

function keeping(log: AuditLog): Pick<Opened, "record" | "layers" | "expire" | "rights"> {
  /** By the policy, once it has been told. */
  let months: number | undefined;
  const record = noticed((act) => log.record(act));
  return {
    record,
    layers: (route) => layersOf(route, record),
    async expire({ auditMonths }) {
      months = auditMonths;
      return [{ what: "acts", count: await log.trim(auditMonths) }];
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
        return [{ what: "acts", words: ACTS, count, kept: { why: KEPT, until } }];
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
