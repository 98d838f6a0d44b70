/**
 * `charla doctor`: what is found, what is missing, and what to do about it; `--tune` measures, and
 * `--egress` shows where Charla may connect to.
 */
import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { t } from "../locales/index.ts";
import { examples, group } from "../terminal/help.ts";
import { columnsOf, wrap } from "../terminal/text.ts";
import type { Finding } from "./machine.ts";

export function doctorCommand(program: Command): void {
  const command = program
    .command("doctor")
    .helpGroup(group("upkeep"))
    .description(t("doctor.about"))
    .option("--json", t("option.json"))
    .option("--tune", t("doctor.tune"))
    .option("--egress", t("doctor.egress"))
    .action(doctor);
  examples(command, ["charla doctor", "charla doctor --json", "charla doctor --egress"]);
}

async function doctor(options: {
  json?: boolean;
  tune?: boolean;
  egress?: boolean;
}): Promise<void> {
  const { json = false, tune: measure = false, egress: ways = false } = options;
  if (ways) {
    const { egress } = await import("./egress.ts");
    return egress(readConfig(), json);
  }
  if (measure) {
    const { tune } = await import("./tune.ts");
    return tune(readConfig(), json);
  }
  const findings = await examine();
  const missing = findings.filter(({ state }) => state === "missing").length;
  if (json) console.log(JSON.stringify({ ok: missing === 0, findings }, null, 2));
  else print(findings, missing);
  if (missing > 0) process.exitCode = 1;
}

const MARKS = { ok: "✓", note: "·", missing: "✗" };

/** Each under the other, as wide as the terminal is, and behind them how it stands. */
function print(findings: readonly Finding[], missing: number): void {
  const columns = columnsOf(process.stdout);
  for (const { name, state, found, hint } of findings) {
    const lines = wrap(`${MARKS[state]} ${name}: ${found}`, columns, "  ");
    if (hint !== null) {
      const advice = wrap(t("cli.hint", { hint }), columns - 2, "  ");
      lines.push(...advice.map((line) => `  ${line}`));
    }
    console.log(lines.join("\n"));
  }
  const notes = findings.filter(({ state }) => state === "note").length;
  const well = t(notes > 0 ? "doctor.well.notes" : "doctor.well", { notes });
  const ill = t(notes > 0 ? "doctor.ill.notes" : "doctor.ill", { count: missing, notes });
  console.log(`\n${wrap(missing > 0 ? ill : well, columns).join("\n")}`);
}

async function examine(): Promise<readonly Finding[]> {
  const look = await import("./machine.ts");
  const software = [look.node(), look.npm(), look.page(), look.engine(), look.pip(), look.hub()];
  let config: Config;
  try {
    config = readConfig();
  } catch (thrown) {
    // Without settings there is no telling where the rest should be.
    return [...(await Promise.all(software)), look.ill("settings", thrown)];
  }
  const model = look.model(config).catch((thrown) => look.ill("model", thrown));
  const rest = [
    look.memory(config),
    look.cores(config),
    look.folder(config),
    look.users(config),
    look.database(config),
    look.replicas(config),
    look.upgrade(config),
    model,
    model
      .then(({ state }) => (state === "missing" ? undefined : look.plan(config)))
      .catch((thrown) => look.ill("plan", thrown)),
    look.port(config),
  ];
  return (await Promise.all([...software, ...rest])).filter((found) => found !== undefined);
}
