/** `charla membership setup | remove`. */
import type { Command } from "commander";
import type { Ground } from "../../../core/feature.ts";
import { group } from "../../../terminal/help.ts";
import { fetching } from "../fetching.ts";
import { messages } from "./messages.ts";

export function membershipCommand(program: Command, { settings, language }: Ground): void {
  const text = messages[language];
  const command = program
    .command("membership")
    .helpGroup(group("proof"))
    .description(text.about)
    .helpCommand(false);

  command
    .command("setup")
    .description(text.setup)
    .action(async () => {
      const { FETCHED_BYTES, fetchParts } = await import("./parts.ts");
      console.log(text.size);
      await fetching("semaphore", FETCHED_BYTES, (onBytes, signal) =>
        fetchParts(settings.home, onBytes, signal),
      );
      console.log(text.ready);
    });

  command
    .command("remove")
    .description(text.remove)
    .action(async () => {
      const { removeParts } = await import("./parts.ts");
      await removeParts(settings.home);
      console.log(text.removed);
    });
}
