/**
 * Property-based tests look at new cases on each run of a developer, and in CI at those of the
 * commit: the same ones when it is judged again, others for the next. `npm test` prints the seed.
 */
import fc from "fast-check";

const seed = process.env.CHARLA_TEST_SEED;
if (seed) fc.configureGlobal({ seed: Number(seed) });
