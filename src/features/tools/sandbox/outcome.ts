/** What the process of the sandbox and who starts it agree on. */

/** Of the machine that runs a program; and of its stack. */
export const MEMORY_MIB = 64;
export const STACK_BYTES = 256 * 1024;

export interface Outcome {
  readonly printed: readonly string[];
  /** Of the last expression. */
  readonly value?: string;
  readonly error?: string;
}
