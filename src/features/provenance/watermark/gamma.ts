/**
 * How likely it is that so many random numbers give so high a sum: the tail of the Gamma distribution,
 * exactly. Imports nothing, so that a verifier without a server can have it.
 */

/**
 * ln Q(n, S) with Q(n, S) = e^-S * sum over k < n of S^k / k!: the logarithm of the probability that
 * the sum of n exponential numbers of mean 1 is at least S.
 *
 * @param n how many, 1 and more
 * @param sum 0 and more
 */
export function logGammaTail(n: number, sum: number): number {
  if (sum <= 0) return 0;
  // Terms from the largest one on, in both directions, until they add nothing.
  const top = Math.min(n - 1, Math.floor(sum));
  let total = 1;
  for (let k = top, term = 1; k > 0 && term > total * 1e-17; k--) {
    term *= k / sum;
    total += term;
  }
  for (let k = top + 1, term = 1; k < n && term > total * 1e-17; k++) {
    term *= sum / k;
    total += term;
  }
  return Math.min(0, top * Math.log(sum) - sum - logFactorial(top) + Math.log(total));
}

/** Products up to here, and Stirling's series beyond, which is then off by less than 1e-14. */
const SMALL = 32;

function logFactorial(k: number): number {
  if (k <= SMALL) {
    let product = 0;
    for (let factor = 2; factor <= k; factor++) product += Math.log(factor);
    return product;
  }
  const n = k + 1;
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5) - 1 / (1680 * n ** 7);
  return (n - 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}
