/** A value outside React that components can watch; the smallest thing that the rooms need. */
import { useSyncExternalStore } from "react";

export interface Store<State> {
  get(): State;
  set(change: Partial<State>): void;
  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void;
  /** Renders again when what `select` gives is another value. */
  use<Slice>(select: (state: State) => Slice): Slice;
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe,
    use: (select) => useSyncExternalStore(subscribe, () => select(state)),
  };
}
