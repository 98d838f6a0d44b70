/** `charla export-person` and `charla erase-person`, while no server has the data folder. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { SOLO } from "../../core/access.ts";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Ground as Rest } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { examples, group } from "../../terminal/help.ts";
import type { Report } from "./api.ts";
import type { Ground } from "./erase.ts";
import type { RetentionPolicy } from "./policy.ts";
import { texts } from "./texts.ts";

export function rightsCommands(program: Command, ground: Rest<RetentionPolicy>): void {
  const { atRest, language } = ground;
  const text = texts[language];
  const exporting = program
    .command("export-person")
    .helpGroup(group("people"))
    .description(text.exportAbout)
    .argument("[person]", text.person, SOLO.id)
    .option("-o, --out <file.zip>", text.out)
    .option("--language <language>", text.language, language)
    .action(async (person: string, options: { out?: string; language: string }) => {
      const out = resolve(options.out ?? `charla-${new Date().toISOString().slice(0, 10)}.zip`);
      await atRest((house) => write(house, person, out, spoken(options.language)));
      console.log(fill(text.written, { file: out }));
    });
  examples(exporting, ["charla export-person", "charla export-person --out ana.zip"]);
  const erasing = program
    .command("erase-person")
    .helpGroup(group("people"))
    .description(text.eraseAbout)
    .argument("[person]", text.person, SOLO.id)
    .option("--yes", text.yes)
    .option("--json", "JSON")
    .action(async (person: string, { yes, json }: { yes?: boolean; json?: boolean }) => {
      if (!yes) throw notSaid();
      const { Eraser } = await import("./erase.ts");
      const report = await atRest((house) => new Eraser(house).erase(person, "system"));
      console.log(json ? JSON.stringify(report, null, 2) : told(report, language));
    });
  examples(erasing, ["charla erase-person --yes"]);
}

/** The archive appears when it is whole. */
async function write(
  { others, policy, settings }: Ground,
  person: string,
  out: string,
  language: Language,
): Promise<void> {
  const { collect, zip } = await import("./archive.ts");
  const part = `${out}.part`;
  const remote = settings.remote?.url;
  await others.record({ actor: "system", act: "person.exported", subject: person });
  try {
    const bytes = zip(collect({ person, policy, remote, language }, others.rights()));
    // Only for its owner: it holds what somebody wrote in confidence.
    await pipeline(bytes, createWriteStream(part, { mode: 0o600, flags: "w" }));
    await rename(part, out);
  } catch (thrown) {
    await rm(part, { force: true });
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined || thrown instanceof CharlaError) throw thrown;
    throw new CharlaError("export_unwritable", {
      message: "{file} cannot be written ({reason}).",
      hint: "Name another file with --out, in a folder that this user may write to.",
      params: { file: out, reason: code },
      cause: thrown,
    });
  }
}

function told({ erased, kept }: Report, language: Language): string {
  const text = texts[language];
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  const lines = erased.map(({ words, count }) =>
    fill(text.erased, { what: words[language], count }),
  );
  for (const { words, count, why, until } of kept) {
    const whole = until
      ? fill(text.until, { why: why[language], date: date.format(new Date(until)) })
      : why[language];
    lines.push(fill(text.kept, { what: words[language], count: count ?? "?", why: whole }));
  }
  return lines.join("\n");
}

function spoken(language: string): Language {
  if (language === "en" || language === "es") return language;
  throw new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting: "--language", value: language, accepts: "en | es" },
  });
}

function notSaid(): CharlaError {
  return new CharlaError("erasure_not_confirmed", {
    status: 400,
    message: "This erases all data of the person for good, and was not confirmed.",
    hint: "Add --yes; charla export-person writes everything into an archive before.",
  });
}
