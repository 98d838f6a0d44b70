/** The request that a piece of work belongs to, for all who only read it: the log, the features. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Asking } from "../core/feature.ts";

const asking = new AsyncLocalStorage<Asking>();

export const currentRequest = (): Asking | undefined => asking.getStore();

/** Runs a piece of work, and all that it starts, as that request's. */
export const ofRequest = <Result>(request: Asking, work: () => Result): Result =>
  asking.run(request, work);
