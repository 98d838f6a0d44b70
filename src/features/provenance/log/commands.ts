/**
 * `charla log status | checkpoint | key | rotate | check | cosign`, while no server runs; `check` reads
 * another server's, too.
 */
import type { Command } from "commander";
import type { Ground, House } from "../../../core/feature.ts";
import { group } from "../../../terminal/help.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { readGiven } from "../verify/command.ts";
import { messages } from "./messages.ts";

interface Checking {
  readonly key?: string;
  readonly kept?: string;
  readonly json?: boolean;
}

/** Entries that are read at once. */
const BATCH = 1_000;

export function logCommand(program: Command, ground: Ground): void {
  const text = messages[ground.language];
  const command = program
    .command("log")
    .helpGroup(group("proof"))
    .description(text.about)
    .helpCommand(false);
  const foreign = async (url: string, key: string | undefined, kept: string | undefined) => {
    const { checkForeign } = await import("./foreign.ts");
    const before = kept && new TextDecoder().decode(await readGiven(kept));
    return checkForeign(ground.read, url, { key, kept: before });
  };
  const atRest = <Result>(work: (house: House<ProvenancePolicy>) => Promise<Result>) =>
    ground.atRest((house) => work(house as House<ProvenancePolicy>));

  command
    .command("status")
    .description(text.status)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const found = await atRest(async (house) => {
        const { origin, size, note } = await house.ledger.checkpoint();
        const { parseNote } = await import("../../../core/tlog/note.ts");
        const signed = parseNote(note).signatures.map(({ name, id }) => `${name}+${id}`);
        const [anchor] = await (await anchorsOf(house)).list(1);
        return { origin, size, signed, anchor: anchor ?? null };
      });
      if (json) return console.log(JSON.stringify(found, null, 2));
      const { origin, size, signed, anchor } = found;
      console.log(`${text.name(origin)}\n${text.size(size)}\n${text.signed(signed.join(", "))}`);
      console.log(anchor ? text.anchored(anchor.size, anchor.chain, anchor.at) : text.nowhere);
      if (anchor?.development) console.log(text.development);
    });

  command
    .command("checkpoint")
    .description(text.checkpoint)
    .action(async () => {
      const { note } = await atRest(({ ledger }) => ledger.checkpoint());
      process.stdout.write(note);
    });

  command
    .command("key")
    .description(text.key)
    .action(async () => {
      const keys = await atRest(({ ledger }) => ledger.keys());
      for (const { verifier } of keys) console.log(verifier);
    });

  command
    .command("rotate")
    .description(text.rotate)
    .action(async () => {
      console.log((await atRest(({ ledger }) => ledger.rotate())).verifier);
    });

  command
    .command("check")
    .description(text.check)
    .argument("[url]", text.url)
    .option("--key <verifier>", text.trusted)
    .option("--kept <file>", text.kept)
    .option("--json", text.json)
    .action(async (url: string | undefined, { json, key, kept }: Checking) => {
      const found = url === undefined ? await atRest(check) : await foreign(url, key, kept);
      const { size, anchors, signed, faults } = found;
      const told = "told" in found ? found.told : null;
      const holds = signed && faults.length === 0;
      if (json) console.log(JSON.stringify({ holds, ...found }, null, 2));
      else if (holds) console.log(text.holds(size, anchors));
      else {
        const all = [...(signed ? [] : [text.unsigned]), ...faults.map(text.fault)];
        console.log([text.broken, ...all].join("\n"));
      }
      if (!json && told) console.log(text.told(told));
      process.exitCode = holds ? 0 : 1;
    });

  command
    .command("cosign")
    .description(text.cosign)
    .argument("<file>", text.file)
    .action(async (file: string) => {
      const given = new TextDecoder().decode(await readGiven(file));
      const { note } = await atRest(({ ledger, policy }) => ledger.cosign(given, policy.witnesses));
      process.stdout.write(note);
    });
}

async function check(house: House<ProvenancePolicy>) {
  const { checkWhole } = await import("./whole.ts");
  const { parseCheckpoint } = await import("../../../core/tlog/checkpoint.ts");
  const { isSignedBy, parseVerifier } = await import("../../../core/tlog/note.ts");
  const { ledger } = house;
  const { size, root, note } = await ledger.checkpoint();
  const [key] = await ledger.keys();
  const anchors = await (await anchorsOf(house)).list(Number.MAX_SAFE_INTEGER);
  const faults = await checkWhole(entriesOf(ledger, size), [
    { what: "checkpoint", size, root },
    ...anchors.map((one) => {
      const { root } = parseCheckpoint(one.note);
      return { what: "anchor" as const, size: one.size, root };
    }),
  ]);
  const signed = await isSignedBy(parseCheckpoint(note).note, parseVerifier(key?.verifier ?? ""));
  return { size, anchors: anchors.length, signed, faults };
}

async function* entriesOf(ledger: House["ledger"], size: number): AsyncGenerator<string> {
  for (let from = 0; from < size; from += BATCH) {
    yield* await ledger.entries(from, Math.min(size, from + BATCH));
  }
}

async function anchorsOf({ db, ledger }: House<ProvenancePolicy>) {
  const { Anchors } = await import("../anchor/anchors.ts");
  const { Groups } = await import("../membership/groups.ts");
  return new Anchors(db, ledger, new Groups(db, ledger));
}
