/**
 * `charla import FILE`: chats of an export, by the server that runs on the data folder or into what is
 * stored while none does. Exit codes: 0 all chats came, 1 some or all did not, 2 wrong use, 130 stopped.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { SOLO } from "../../core/access.ts";
import { CharlaError, type ErrorBody, fill } from "../../core/errors.ts";
import type { Ground, House, RunningServer } from "../../core/feature.ts";
import { examples, group } from "../../terminal/help.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { type ProgressLine, progressLine } from "../../terminal/progress.ts";
import type { ImportReport, ImportSeen } from "./api.ts";
import { messages } from "./import-messages.ts";

const IMPORTS = "/api/conversations/imports";
/** How often a server is asked how far it is, in milliseconds. */
const LOOK_MS = 500;
/** Of what was lost, so many are named. */
const SHOWN = 10;

interface Options {
  readonly person: string;
  readonly json?: boolean;
}

export function importCommand(program: Command, ground: Ground): void {
  const text = messages[ground.language];
  const command = program
    .command("import")
    .helpGroup(group("chat"))
    .description(text.about)
    .argument("<file>", text.file)
    .option("--person <id>", text.person, SOLO.id)
    .option("--json", text.json)
    .action(async (file: string, { person, json }: Options) => {
      using stopping = interruptible();
      const line = progressLine(process.stderr);
      try {
        const report = await take(ground, resolve(file), { person, line, signal: stopping.signal });
        line.clear();
        console.log(json ? JSON.stringify(report, null, 2) : told(report, ground.language));
        if (stopping.signal.aborted) {
          console.error(text.cancelled);
          process.exitCode = 130;
        } else process.exitCode = report.left > 0 ? 1 : 0;
      } finally {
        line.clear();
      }
    });
  examples(command, [`charla import ${text.example}`]);
}

interface How {
  readonly person: string;
  readonly line: ProgressLine;
  readonly signal: AbortSignal;
}

/** @throws CharlaError what is wrong with the file */
async function take(ground: Ground, path: string, how: How): Promise<ImportReport> {
  const text = messages[ground.language];
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw noFile(path);
  const show = (done: number, total: number) => how.line.show(text.reading, done, total, null);
  const server =
    how.person === SOLO.id ? await ground.running("/api/conversations?limit=1") : undefined;
  if (server) return bySending(server, path, found.size, how, text.sending, show);
  return ground.atRest((house) => intoStored(house, path, found.size, how, show));
}

async function intoStored(
  house: House,
  path: string,
  bytes: number,
  { person, signal }: How,
  show: (done: number, total: number) => void,
): Promise<ImportReport> {
  const [{ importChats, EMPTY }, { Store }] = await Promise.all([
    import("./importing/job.ts"),
    import("./store.ts"),
  ]);
  let report = EMPTY;
  const work = {
    ...{ owner: person, saved: undefined, signal },
    progress: (done: number, total = bytes) => show(done, total),
    async save(state: { report: ImportReport }) {
      report = state.report;
    },
  };
  const importing = { store: new Store(house.db, house.vault), db: house.db, house };
  try {
    return await importChats(importing, work, { path, bytes });
  } catch (thrown) {
    if (signal.aborted) return report;
    throw thrown;
  }
}

async function bySending(
  server: RunningServer,
  path: string,
  bytes: number,
  { line, signal }: How,
  sending: string,
  show: (done: number, total: number) => void,
): Promise<ImportReport> {
  async function* counted() {
    let sent = 0;
    for await (const piece of createReadStream(path)) {
      signal.throwIfAborted();
      sent += piece.length;
      line.show(sending, sent, bytes, null);
      yield piece as Uint8Array;
    }
  }
  const name = encodeURIComponent(basename(path).slice(0, 200));
  let seen = await server.ask<ImportSeen>("POST", `${IMPORTS}?name=${name}`, counted());
  for (let cancelled = false; ; ) {
    if (seen.state === "failed") throw remade(seen.error as ErrorBody);
    if (seen.state === "done" || seen.state === "cancelled") return seen.report;
    if (seen.total !== null) show(seen.done, seen.total);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted && !cancelled) {
      cancelled = true;
      await server.ask("POST", `/api/jobs/${seen.id}/cancel`);
    }
    seen = await server.ask<ImportSeen>("GET", `${IMPORTS}/${seen.id}`);
  }
}

function told(report: ImportReport, language: Ground["language"]): string {
  const text = messages[language];
  const { from, lost, lostCount } = report;
  const counted = (key: "added" | "renewed" | "known" | "left" | "lost", n: number) =>
    fill(text[n === 1 ? (`${key}.one` as const) : key], { n: n.toLocaleString(language) });
  const counts = (["added", "renewed", "known", "left"] as const)
    .filter((key) => report[key] > 0)
    .map((key) => counted(key, report[key]));
  const names = lost.slice(0, SHOWN).map(({ kind, name, chat }) => {
    const place = chat && chat.title !== "" ? ` (${chat.title})` : "";
    return `  ${text.kinds[kind]}: ${name}${place}`;
  });
  const more = lostCount - names.length;
  return [
    ...(report.added + report.renewed + report.left === 0 ? [text.nothing] : []),
    ...counts,
    ...(from.length > 0 ? [fill(text.whose, { whose: from.join(", ") })] : []),
    ...(lostCount > 0 ? [counted("lost", lostCount), ...names] : []),
    ...(more > 0 ? [`  ${fill(text.more, { n: more.toLocaleString(language) })}`] : []),
  ].join("\n");
}

const remade = ({ code, message, hint, params }: ErrorBody) =>
  new CharlaError(code, { message, hint, params });

/** Exits with 2. */
const noFile = (path: string) =>
  new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting: "FILE", value: path, accepts: "the path of a file that is there" },
  });
