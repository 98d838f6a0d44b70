/**
 * Property-based tests look at new cases on each run of a developer, and at the same ones in CI: a
 * change is judged by what it did, not by the luck of the draw.
 */
import fc from "fast-check";

if (process.env.CI) fc.configureGlobal({ seed: 20261123 });
