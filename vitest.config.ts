import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Begun first, the longest before the others, so that no worker is left alone with one at the end. */
const LONG = [
  ...["house/removable.test", "accounts/matrix", "cli/cli.test", "accounts/fuzz"],
  ...["personal-data/adversary", "examples/", "service/faults", "cli/chat", "cli/upkeep"],
  "with-python/training",
  ...["with-postgres/conversations/suites", "with-postgres/accounts", "with-postgres/rights"],
  ...["with-browser/hardship", "with-browser/membership", "with-browser/accounts"],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((part) => moduleId.includes(part));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

/**
 * Suites are sorted by what they need; `npm test` finds it, and says which need is missing. One row runs
 * after the other, and those with a model a file at a time: two models at once on two cores only
 * measure how they starve each other. With PostgreSQL or a browser a file mostly waits, and what learns in
 * Python computes on one core.
 */
const ROWS = [["unit"], ["with-python", "with-postgres"], ["with-model"], ["with-browser"]];

export default defineConfig({
  test: {
    setupFiles: ["tests/setup.ts"],
    // How long something may take is a bound for a busy machine, not an expectation.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    sequence: { sequencer: LongestFirst },
    projects: ROWS.flatMap((names, groupOrder) =>
      names.map((name) => ({
        extends: true,
        test: {
          name,
          include: [`tests/${name}/**/*.test.ts`],
          sequence: { groupOrder },
          maxWorkers: name === "with-model" ? 1 : availableParallelism(),
        },
      })),
    ),
  },
});
