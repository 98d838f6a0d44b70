/** All features together, as each of them sees the others. */
import type { Opened, Others } from "../core/feature.ts";
import { UNLABELLED } from "../core/label.ts";
import type { Route } from "../core/route.ts";
import { measures } from "./features.ts";

/** They ask whoever is opened by then. */
export function othersOf(
  made: ReadonlyMap<string, Opened>,
  routes: readonly Route[],
  /** What the house does itself. */
  own: readonly Opened[] = [],
): Others {
  const all = () => [...made.values(), ...own];
  return {
    routes: () => routes,
    measures,
    rights: () => all().flatMap(({ rights }) => rights ?? []),
    async stored(person) {
      const counts = await Promise.all(all().map((one) => one.stored?.(person) ?? 0));
      return counts.reduce((sum, bytes) => sum + bytes, 0);
    },
    async embed(...asked) {
      for (const { embed } of all()) {
        const made = await embed?.(...asked);
        if (made) return made;
      }
      return undefined;
    },
    images: () => all().find(({ images }) => images)?.images,
    receipts: () => all().find(({ receipts }) => receipts)?.receipts,
    labels: () => all().find(({ labels }) => labels)?.labels ?? UNLABELLED,
    async findings(asked) {
      return (await Promise.all(all().map((one) => one.findings?.(asked) ?? []))).flat();
    },
    facts: () =>
      Object.fromEntries([...made].map(([name, { facts = {} }]) => [name, facts] as const)),
    async tools(person) {
      return (await Promise.all(all().map((one) => one.tools?.(person) ?? []))).flat();
    },
    async beginning(person) {
      const said = await Promise.all(all().map((one) => one.beginning?.(person)));
      return said.filter((text) => text !== undefined).join("\n\n") || undefined;
    },
    async gauges() {
      const told = await Promise.all(all().map((one) => one.gauges?.() ?? []));
      return told.flat();
    },
    async record(act) {
      for (const { record } of all()) await record?.(act);
    },
    async attempt(one) {
      for (const { attempt } of all()) await attempt?.(one);
    },
    async expire(periods) {
      const gone = [];
      for (const { expire } of all()) gone.push(...((await expire?.(periods)) ?? []));
      return gone;
    },
  };
}
