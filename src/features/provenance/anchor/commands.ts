/** `charla anchor setup | deploy | now | status | remove`. */
import type { Command } from "commander";
import type { Ground, House } from "../../../core/feature.ts";
import { group } from "../../../terminal/help.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { fetching } from "../fetching.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { messages } from "./messages.ts";

export function anchorCommand(program: Command, ground: Ground): void {
  const { settings, language } = ground as Ground<ProvenancePolicy>;
  const text = messages[language];
  const command = program.command("anchor").helpGroup(group("proof")).description(text.about);

  command
    .command("setup")
    .description(text.setup)
    .action(async () => {
      const { fetchAddon } = await import("../../../core/addons.ts");
      const { VIEM } = await import("./addon.ts");
      console.log(text.size);
      await fetching("viem", VIEM.bytes, (onBytes, signal) =>
        fetchAddon(settings.home, VIEM, onBytes, signal),
      );
      console.log(text.ready);
    });

  command
    .command("remove")
    .description(text.remove)
    .action(async () => {
      const { removeAddon } = await import("../../../core/addons.ts");
      await removeAddon(settings.home, (await import("./addon.ts")).VIEM);
      console.log(text.removed);
    });

  command
    .command("deploy")
    .description(text.deploy)
    .requiredOption("--chain <number>", text.chain, Number)
    .option("--max-gwei <number>", text.maxGwei, Number, 100)
    .action(async ({ chain, maxGwei }: { chain: number; maxGwei: number }) => {
      const { send } = await import("./send.ts");
      using stopping = interruptible();
      const result = await send(settings, { chain, maxGwei }, stopping.signal);
      if (!("deployed" in result)) throw new TypeError("the process has made no contract");
      const { contract, block } = result.deployed;
      console.error(text.deployed);
      console.log(
        `[provenance.anchor]\nchain = ${chain}\ncontract = "${contract}"\nblock = ${block}`,
      );
    });

  command
    .command("now")
    .description(text.now)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const { notSetUp } = await import("./errors.ts");
      const { STEPS } = await import("./steps.ts");
      const { put } = await import("./open.ts");
      using stopping = interruptible();
      const { signal } = stopping;
      const anchor = await atRest(ground, async ({ policy }, anchors) => {
        if (!policy.anchor) throw notSetUp();
        const next = await anchors.take();
        if (!next) return undefined;
        const tell = (step: keyof typeof STEPS) => console.error(STEPS[step][language]);
        await anchors.save(next, await put(settings, policy.anchor, next, signal, tell));
        return (await anchors.list(1))[0];
      });
      if (json) console.log(JSON.stringify(anchor ?? null, null, 2));
      else console.log(anchor ? text.row(anchor) : text.nothing);
    });

  command
    .command("status")
    .description(text.status)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const [list, next] = await atRest(ground, async (_house, anchors) =>
        Promise.all([anchors.list(), anchors.next()]),
      );
      if (json) return console.log(JSON.stringify({ anchors: list, next: next ?? null }, null, 2));
      console.log(list.length > 0 ? list.map(text.row).join("\n") : text.none);
      if (next) console.log(text.waiting(next.size - (list[0]?.size ?? 0)));
    });
}

async function atRest<Result>(
  { atRest }: Ground,
  work: (
    house: House<ProvenancePolicy>,
    anchors: import("./anchors.ts").Anchors,
  ) => Promise<Result>,
): Promise<Result> {
  const { Anchors } = await import("./anchors.ts");
  const { Groups } = await import("../membership/groups.ts");
  return atRest((house) =>
    work(
      house as House<ProvenancePolicy>,
      new Anchors(house.db, house.ledger, new Groups(house.db, house.ledger)),
    ),
  );
}

/** A signal that Ctrl-C aborts. */
