/**
 * `npm run eval:metrics`: what BLEU, chrF and ROUGE of 10,000 answers cost here, against the reference
 * tools on the same pairs. Both take turns, and count processor time, so that others on the machine
 * touch both alike; needs a Python 3.11, whose packages it installs into the tests' cache.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { median } from "../../src/core/statistics.ts";
import { bleu } from "../../src/features/evaluation/metrics/bleu.ts";
import { chrf } from "../../src/features/evaluation/metrics/chrf.ts";
import { rouge } from "../../src/features/evaluation/metrics/rouge.ts";
import { type Nasty, nasty } from "../../tests/unit/evaluation/metrics/nasty.ts";

const PAIRS = 10_000;
const ROUNDS = 3;
const HERE = new URL("../../tests/with-python/evaluation/", import.meta.url);

/** Seconds of processor time. */
function ours(pairs: readonly Nasty[]): number {
  const [bleuOfOne, chrfOfOne] = [bleu({ effectiveOrder: true }), chrf()];
  const before = process.cpuUsage();
  for (const pair of pairs) {
    bleuOfOne.score(bleuOfOne.counts(pair));
    chrfOfOne.score(chrfOfOne.counts(pair));
    rouge(pair);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function theirs(python: string, pairs: readonly Nasty[]): Promise<number> {
  const child = spawn(python, [new URL("reference.py", HERE).pathname], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify({ timed: pairs }));
  const { seconds } = JSON.parse(await text(child.stdout)) as { seconds: number };
  return seconds;
}

// JavaScript without types; a literal specifier would be looked for.
const installer = new URL("../../scripts/python.mjs", import.meta.url).href;
const { installClients } = await import(installer);
const python = (await installClients(new URL("requirements.txt", HERE))) as string;
const rounds: { ours: number; theirs: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const pairs = nasty(PAIRS, round + 1);
  rounds.push({ ours: ours(pairs), theirs: await theirs(python, pairs) });
}
const [mine, other] = [rounds.map((one) => one.ours), rounds.map((one) => one.theirs)];
const ratio = median(rounds.map((one) => one.theirs / one.ours));
console.log(
  `BLEU, chrF and ROUGE of ${PAIRS} pairs, processor seconds, median of ${ROUNDS} rounds`,
);
console.log(`charla ${median(mine).toFixed(2)}, reference ${median(other).toFixed(2)}`);
console.log(`speed against the reference: ${ratio.toFixed(1)}`);
