/** `charla audit verify` and `charla audit export`. */
import type { Command } from "commander";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Ground } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { examples, group } from "../../terminal/help.ts";
import type { AuditLog } from "./log.ts";
import { messages } from "./messages.ts";
import type { Head, Verdict } from "./verify.ts";

export function auditCommand(program: Command, { atRest, language }: Ground): void {
  const withLog = async <Result>(work: (log: AuditLog) => Promise<Result>) => {
    const { AuditLog } = await import("./log.ts");
    return atRest(({ db, ledger }) => work(new AuditLog(db, ledger)));
  };
  const text = messages[language];
  const audit = program.command("audit").helpGroup(group("people")).description(text.about);
  examples(audit, ["charla audit verify", "charla audit export > audit.jsonl"]);
  audit
    .command("verify")
    .description(text.verify)
    .option("--head <size:root>", text.head)
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
  if (rows === 0) return text.empty;
  return fill(text.holds, { rows, head: `log:${head.size}:${head.root}` });
}

/** Heads that were noted before acts stood in the log have no word before them. */
function readHead(head: string): Head {
  const [, log, number, hash] = /^(log:)?(\d{1,10}):([0-9a-f]{64})$/.exec(head) ?? [];
  if (number !== undefined && hash !== undefined) {
    return log ? { size: Number(number), root: hash } : { seq: Number(number), hash };
  }
  throw new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting: "--head", value: head, accepts: "log:12:0123456789abcdef..." },
  });
}

function broken({ seq, fault }: NonNullable<Verdict["broken"]>): CharlaError {
  if (seq === 0) {
    return new CharlaError("audit_rewritten", {
      message:
        "The log does not continue what was noted or signed earlier: it was cut or written anew.",
      hint: "Compare it with a backup or an earlier export, and find out who may write to the database.",
    });
  }
  return new CharlaError("audit_broken", {
    message: "The audit log was altered: entry {seq} is not what was written ({fault}).",
    hint: "Compare it with a backup or an earlier export, and find out who may write to the database.",
    params: { seq, fault },
  });
}
