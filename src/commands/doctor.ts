/**
 * `charla doctor`: what is found, what is missing, and what to do about it; `--tune` measures, and
 * `--egress` shows where Charla may connect to.
 */
import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { t } from "../locales/index.ts";
import type { Finding } from "./machine.ts";
import { examples } from "./shared.ts";

export function doctorCommand(program: Command): void {
  const command = program
    .command("doctor")
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
  else {
    const marks = { ok: "✓", note: "·", missing: "✗" };
    for (const { name, state, found, hint } of findings) {
      console.log(`${marks[state]} ${name}: ${found}`);
      if (hint !== null) console.log(`  ${t("cli.hint", { hint })}`);
    }
    console.log(missing === 0 ? t("doctor.well") : t("doctor.ill", { count: missing }));
  }
  if (missing > 0) process.exitCode = 1;
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
    look.database(config),
    model,
    model
      .then(({ state }) => (state === "ok" ? look.plan(config) : undefined))
      .catch((thrown) => look.ill("plan", thrown)),
    look.port(config),
  ];
  return (await Promise.all([...software, ...rest])).filter((found) => found !== undefined);
}
