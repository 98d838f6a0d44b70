/**
 * Property-based tests look at new cases on each run of a developer, and in CI always at the same
 * ones. `npm test` prints the seed.
 */
import fc from "fast-check";

const seed = process.env.CHARLA_TEST_SEED;
if (seed) fc.configureGlobal({ seed: Number(seed) });
