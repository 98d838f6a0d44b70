/** `charla rotate-master-key`: a new master key for what is stored, while no server runs. */
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { t } from "../locales/index.ts";
import { examples, group } from "../terminal/help.ts";
import { log } from "./shared.ts";

export function rotateCommand(program: Command): void {
  const command = program
    .command("rotate-master-key")
    .helpGroup(group("upkeep"))
    .description(t("rotate.about"))
    .option("--to <file>", t("rotate.to"))
    .action(rotate);
  const file = t("rotate.example");
  examples(command, ["charla rotate-master-key", `charla rotate-master-key --to ${file}`]);
}

async function rotate({ to }: { to?: string }): Promise<void> {
  const { rotateMasterKey } = await import("../app/upkeep.ts");
  const { file, people } = await rotateMasterKey(readConfig(), log, to);
  console.log(t("rotate.done", { file, people }));
  if (to !== undefined) console.log(t("rotate.point", { file }));
}
