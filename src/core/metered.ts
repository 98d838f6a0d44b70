/**
 * Work on texts that is no turn (scores, embeddings) and costs as much as one: the route says that
 * it computes, and the work says how many tokens it took, to whoever counts them. The clone has
 * no such work and does not import this.
 */
import { AsyncLocalStorage } from "node:async_hooks";

declare module "./route.ts" {
  interface Route {
    /**
     * What it does takes the model as an answer does, and counts as one; with "tokens" only what it says
     * that it spends is counted, since the answers that it asks for count themselves.
     */
    readonly computes?: boolean | "tokens";
  }
}

const counting = new AsyncLocalStorage<(tokens: number) => void>();

/** Runs work, and all that it starts, and hears of its tokens. */
export const metered = <Result>(count: (tokens: number) => void, work: () => Result): Result =>
  counting.run(count, work);

/** Tells whoever counts. */
export const spend = (tokens: number): void => counting.getStore()?.(tokens);
