/** The routes of `api.ts`. */
import type { MiddlewareHandler } from "hono";
import { FORGET, whoAsks, whoAsksIfAny } from "../../core/access.ts";
import { CharlaError } from "../../core/errors.ts";
import { normal } from "../../core/normal.ts";
import { nameOf, type Rights } from "../../core/rights.ts";
import { type Input, type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { collect, zip } from "./archive.ts";
import type { Eraser, Ground } from "./erase.ts";
import type { Subject } from "./index-page.ts";

export function routes(eraser: Eraser, ground: Ground): readonly Route[] {
  const { policy, others, settings } = ground;
  const remote = settings.remote?.url;
  /** Who is sent an archive now; one at a time is enough for anybody. */
  const exporting = new Set<string>();
  return [
    route({
      method: "get",
      path: "/api/rights",
      access: "session",
      summary: "Says what is kept of people here, and for how long.",
      reply: api.rulesReply,
      handle: async () => ({
        person: whoAsks().id,
        name: (await nameOf(others.rights(), whoAsks().id)) ?? null,
        auditMonths: policy.audit_months,
        unusedChatDays: policy.unused_chat_days || null,
        deletedChatMinutes: policy.deleted_chat_minutes,
        backupDays: policy.backup_days,
        sentTo: remote ?? null,
      }),
    }),
    route({
      method: "post",
      path: "/api/rights/export",
      access: "session",
      summary: "Sends a ZIP archive of everything that is stored of who asks.",
      gives: ["application/zip"],
      body: api.exportBody,
      async handle({ body, log }) {
        const { id } = whoAsks();
        eraser.check(id);
        if (exporting.has(id)) throw exportRunning();
        exporting.add(id);
        const done = () => void exporting.delete(id);
        try {
          await others.record({ actor: id, act: "person.exported", subject: id });
        } catch (thrown) {
          done();
          throw thrown;
        }
        const subject = { person: id, policy, remote, language: body.language };
        return download(subject, others.rights(), log, done);
      },
    }),
    route({
      method: "post",
      path: "/api/rights/erase",
      access: "session",
      fresh: true,
      summary: "Erases everything that is stored of who asks, for good, and reports on it.",
      body: api.eraseBody,
      reply: api.report,
      async handle({ body }) {
        const { id } = whoAsks();
        await confirmed(others.rights(), id, body.confirm);
        return Response.json(await eraser.erase(id, id), { headers: [[...FORGET]] });
      },
    }),
    route({
      method: "post",
      path: "/api/rights/people/:person/erase",
      access: "administrator",
      fresh: true,
      summary: "Erases everything that is stored of a person, for good, and reports on it.",
      body: api.eraseBody,
      reply: api.report,
      async handle({ params: { person = "" }, body }) {
        await confirmed(others.rights(), person, body.confirm);
        return eraser.erase(person, whoAsks().id);
      },
    }),
  ];
}

/** Takes nothing from somebody whose data is being erased. */
export const closedWhileErased =
  (eraser: Eraser): MiddlewareHandler =>
  (_c, next) => {
    const asker = whoAsksIfAny();
    if (asker) eraser.check(asker.id);
    return next();
  };

/** @param done called once it has arrived, has failed, or nobody wants it any more */
function download(
  subject: Subject,
  sources: readonly Rights[],
  log: Input["log"],
  done: () => void,
): Response {
  const parts = zip(collect(subject, sources));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await parts.next();
        if (!next.done) return controller.enqueue(next.value);
        controller.close();
      } catch (thrown) {
        log("an export was cut off", thrown);
        controller.error(thrown);
      }
      done();
    },
    async cancel() {
      done();
      await parts.return(undefined);
    },
  });
  const name = `charla-${new Date().toISOString().slice(0, 10)}.zip`;
  return new Response(body, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

function exportRunning(): CharlaError {
  return new CharlaError("export_running", {
    status: 409,
    message: "An archive of yours is being made already.",
    hint: "Wait until it has arrived, or stop it where you began it.",
    retryable: true,
  });
}

/** @throws CharlaError `not_confirmed` */
async function confirmed(all: readonly Rights[], person: string, typed: string): Promise<void> {
  const name = await nameOf(all, person);
  const accepted = name === undefined ? api.WORDS : [name];
  if (accepted.some((one) => same(one, typed))) return;
  throw new CharlaError("not_confirmed", {
    status: 400,
    param: "confirm",
    message: "You did not type {expected}; nothing was erased.",
    hint: "Type it exactly as shown.",
    params: { expected: accepted.join(" / ") },
  });
}

const same = (one: string, other: string) => plain(one) === plain(other);
const plain = (text: string) => normal(text, "NFKC").trim().replace(/\s+/g, " ");
