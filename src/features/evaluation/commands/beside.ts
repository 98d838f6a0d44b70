/** Evaluations in the server that runs on the data folder: begun there, followed and stopped from here. */
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError, type ErrorBody, fill } from "../../../core/errors.ts";
import type { RunningServer } from "../../../core/feature.ts";
import type { Language } from "../../../locales/index.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { progressLine } from "../../../terminal/progress.ts";
import type { NewRunBody } from "../api.ts";
import { evaluationCut, noModels, pathBeside } from "../errors.ts";
import { messages } from "../messages.ts";
import type { Report } from "../report.ts";
import type { Run } from "../store.ts";
import { isPath } from "./wishes.ts";

export const PATH = "/api/evaluations";

/** As the server lists them. */
export type Listed = Omit<Run, "owner">;

/** Between two looks at how far it is, in milliseconds. */
const PAUSE_MS = 500;

/** @throws CharlaError `evaluation_path_beside`, `evaluation_no_models` */
export async function idsOf(
  server: RunningServer,
  models: readonly string[] | undefined,
): Promise<string[]> {
  const path = models?.find(isPath);
  if (path !== undefined) throw pathBeside(path);
  if (models) return [...models];
  // Where the models are files of its own, it says which one answers; else the first does.
  const library = await server
    .ask<{ current: string }>("GET", "/api/models")
    .catch(() => undefined);
  const known = library?.current ?? (await listed(server));
  if (known === undefined) throw noModels();
  return [known];
}

const listed = async (server: RunningServer) =>
  (await server.ask<{ data: { id: string }[] }>("GET", "/v1/models")).data[0]?.id;

export const listBeside = async (server: RunningServer): Promise<readonly Listed[]> =>
  (await server.ask<{ items: Listed[] }>("GET", PATH)).items;

/** @param id the beginning of one is enough */
export const reportBeside = (server: RunningServer, id: string): Promise<Report> =>
  server.ask("GET", `${PATH}/${encodeURIComponent(id)}`);

export async function beginBeside(server: RunningServer, body: NewRunBody): Promise<string> {
  return (await server.ask<{ id: string }>("POST", PATH, body)).id;
}

/** Until it has ended. @throws CharlaError `evaluation_cut` when it was stopped; why it failed */
export async function followed(
  server: RunningServer,
  id: string,
  language: Language,
): Promise<Report> {
  const text = messages[language];
  using stopping = interruptible();
  const line = progressLine(process.stderr, (done, total) => fill(text.pieces, { done, total }));
  try {
    for (;;) {
      const run = (await listBeside(server)).find((one) => one.id === id);
      if (!run) return await reportBeside(server, id);
      const { state, done, total, plan, error } = run;
      if (stopping.signal.aborted && (state === "waiting" || state === "running"))
        await server.ask("POST", `${PATH}/${id}/cancel`);
      else if (state === "cut") throw evaluationCut(id, done, total);
      else if (state === "failed" && error) throw failed(error);
      else if (state === "done") return await reportBeside(server, id);
      line.show(`${plan.source.name} ${text.measuring}`, done, total ?? 0, null);
      await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  } finally {
    line.clear();
  }
}

/** As it was thrown there, so that it is told in the terminal's language. */
function failed({ code, message, hint, retryable, params }: ErrorBody): CharlaError {
  return new CharlaError(code, { status: 500, message, hint, retryable, params });
}
