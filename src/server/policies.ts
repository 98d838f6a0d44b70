/**
 * Content-Security-Policies of scripts of workers. A worker has the policy that comes with its own script, so
 * that no page has to allow what one of them needs. Their names say what they are.
 */

/** It may run WebAssembly, and has no page that it could change. */
const WORKER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
/** It starts others besides, out of code of its own, and reads files that the browser keeps. */
const THREADS = `${WORKER} blob:; worker-src blob:`;

/** Undefined for what is no script of a worker. */
export function policyOf(path: string): string | undefined {
  const [, threads, worker] = /(\.threads)?(\.worker)-[\w-]+\.js$/.exec(path) ?? [];
  return threads ? THREADS : worker && WORKER;
}
