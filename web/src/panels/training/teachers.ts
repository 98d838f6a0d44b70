/** Models that can write for another: those whose files are here, each with the adapters that fit it. */
import { useEffect, useState } from "react";
import { getJson } from "../../ui/json.ts";

export interface Choice {
  readonly id: string;
  readonly name: string;
}

interface Reply {
  readonly current: string;
  readonly models: readonly (Choice & { readonly state: string })[];
  readonly adapters: readonly {
    readonly id: string;
    readonly name?: string | null;
    readonly models: readonly string[];
    readonly error: unknown;
  }[];
}

/** The one that answers by default first. */
export function useModels(): readonly Choice[] {
  return useChoices(({ current, models }) => {
    const here = models.filter(({ state }) => ["ready", "loading", "loaded"].includes(state));
    const before = (one: Choice) => Number(one.id === current);
    return here.toSorted((a, b) => before(b) - before(a));
  });
}

export function useTeachers(): readonly Choice[] {
  return useChoices(({ models, adapters }) =>
    models
      .filter(({ state }) => ["ready", "loading", "loaded"].includes(state))
      .flatMap(({ id, name }) => [
        { id, name },
        ...adapters
          .filter((one) => !one.error && one.models.includes(id))
          .map((one) => ({ id: `${id}+${one.id}`, name: `${name} + ${one.name ?? one.id}` })),
      ]),
  );
}

function useChoices(choose: (reply: Reply) => readonly Choice[]): readonly Choice[] {
  const [reply, setReply] = useState<Reply | null>(null);
  useEffect(() => {
    getJson<Reply>("/api/models").then(setReply, () => {});
  }, []);
  return reply ? choose(reply) : [];
}
