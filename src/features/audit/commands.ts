/** `charla audit verify` and `charla audit export`. */
import type { Command } from "commander";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import type { Verdict } from "./chain.ts";
import type { AuditLog } from "./log.ts";
import { messages } from "./messages.ts";

/** Runs a piece of work on the log of the data folder. */
export type WithLog = <Result>(work: (log: AuditLog) => Promise<Result>) => Promise<Result>;

export function auditCommand(program: Command, withLog: WithLog, language: Language): void {
  const text = messages[language];
  const audit = program.command("audit").description(text.about);
  audit
    .command("verify")
    .description(text.verify)
    .option("--head <seq:hash>", text.head)
    .option("--json", text.json)
    .action(async ({ head, json }: { head?: string; json?: boolean }) => {
      const noted = head === undefined ? undefined : readHead(head);
      const verdict = await withLog((log) => log.verify(noted));
      if (json) console.log(JSON.stringify(verdict, null, 2));
      if (verdict.broken) throw broken(verdict.broken);
      if (!json) console.log(told(verdict, language));
    });
  audit
    .command("export")
    .description(text.export)
    .action(() =>
      withLog(async (log) => {
        for await (const entry of log.entries()) console.log(JSON.stringify(entry));
      }),
    );
}

function told({ rows, head }: Verdict, language: Language): string {
  const text = messages[language];
  if (!head) return text.empty;
  return fill(text.holds, { rows, head: `${head.seq}:${head.hash}` });
}

function readHead(head: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(head) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting: "--head", value: head, accepts: "12:0123456789abcdef..." },
  });
}

function broken({ seq, fault }: NonNullable<Verdict["broken"]>): CharlaError {
  return new CharlaError("audit_broken", {
    message: "The audit log was changed: entry {seq} does not follow from those before ({fault}).",
    hint: "Compare it with a backup or an earlier export, and find out who may write to the database.",
    params: { seq, fault },
  });
}
