import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * Suites are sorted by what they need; `npm test` finds it, and says which need is missing. They
 * run one after the other, and those with a model or a browser a file at a time: two models at
 * once on two cores only measure how they starve each other.
 */
export default defineConfig({
  test: {
    setupFiles: ["tests/setup.ts"],
    // How long something may take is a bound for a busy machine, not an expectation.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    projects: ["unit", "with-python", "with-postgres", "with-model", "with-browser"].map(
      (name, groupOrder) => ({
        extends: true,
        test: {
          name,
          include: [`tests/${name}/**/*.test.ts`],
          sequence: { groupOrder },
          maxWorkers: name === "unit" ? availableParallelism() : 1,
        },
      }),
    ),
  },
});
