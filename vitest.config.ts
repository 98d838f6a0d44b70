import { defineConfig } from "vitest/config";

/** Suites are sorted by what they need; `npm test` says which need is missing on this machine. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: ["unit", "with-model", "with-browser"].map((name) => ({
      extends: true,
      test: { name, include: [`tests/${name}/**/*.test.ts`] },
    })),
  },
});
