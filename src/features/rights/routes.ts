/** The routes of `api.ts`. */
import type { MiddlewareHandler } from "hono";
import { whoAsks, whoAsksIfAny } from "../../core/access.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Feature } from "../../core/feature.ts";
import { type Input, type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { collect, type Subject, zip } from "./archive.ts";
import type { Eraser, Ground } from "./erase.ts";

export function routes(eraser: Eraser, ground: Ground): readonly Route[] {
  const { features, policy, record, remote } = ground;
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
        name: (await nameOf(features(), whoAsks().id)) ?? null,
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
      body: api.exportBody,
      async handle({ body, log }) {
        const { id } = whoAsks();
        eraser.check(id);
        if (exporting.has(id)) throw exportRunning();
        exporting.add(id);
        const done = () => void exporting.delete(id);
        try {
          await record({ actor: id, act: "person.exported", subject: id });
        } catch (thrown) {
          done();
          throw thrown;
        }
        const sources = features().flatMap(({ rights }) => rights ?? []);
        const subject = { person: id, policy, remote, language: body.language };
        return download(subject, sources, log, done);
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
        await confirmed(features(), id, body.confirm);
        return eraser.erase(id, id);
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
        await confirmed(features(), person, body.confirm);
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
  sources: Parameters<typeof collect>[1],
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

async function nameOf(features: readonly Feature[], person: string): Promise<string | undefined> {
  for (const { rights } of features) {
    const name = await rights?.nameOf?.(person);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** @throws CharlaError `not_confirmed` */
async function confirmed(
  features: readonly Feature[],
  person: string,
  typed: string,
): Promise<void> {
  const name = await nameOf(features, person);
  const accepted = name === undefined ? api.WORDS : [name];
  if (accepted.some((one) => same(one, typed))) return;
  throw new CharlaError("not_confirmed", {
    status: 400,
    param: "confirm",
    message: "What was typed is not {expected}; nothing was erased.",
    hint: "Type it just as it stands there.",
    params: { expected: accepted.join(" / ") },
  });
}

const same = (one: string, other: string) => plain(one) === plain(other);
const plain = (text: string) => text.normalize("NFKC").trim().replace(/\s+/g, " ");
