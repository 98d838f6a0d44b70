/**
 * Limits: how many requests, answers at once and tokens there are for a person, a key and an
 * address, what is left of a month's tokens, and how long who guesses at secrets has to wait. Who
 * is alone at this machine has none.
 */
import { whoAsks } from "../../core/access.ts";
import type { RecordAct } from "../../core/audit.ts";
import { type House, type Opened, openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import * as api from "./api.ts";
import { Attempts } from "./attempts.ts";
import { Bucket, Crowd, type Level, levelOf } from "./buckets.ts";
import { Budget } from "./budget.ts";
import { attempt, computing, gate, inside } from "./layers.ts";
import { type LimitsPolicy, limitsPolicy } from "./policy.ts";
import { meter } from "./step.ts";
import { storing } from "./stored.ts";
import { migrations } from "./tables.ts";

export const limits = openable({
  name: "limits",
  policy: { section: "limits", schema: limitsPolicy },
  migrations,
  open: (house) => openLimits(house),
});

/** @param now for tests of the end of a month */
export function openLimits(house: House<LimitsPolicy>, now?: () => Date): Opened {
  const { policy, db, settings, asking, others } = house;
  const perMinute = policy.requests_per_minute;
  const requests = { person: new Bucket(perMinute.person), key: new Bucket(perMinute.key) };
  const tokens = {
    person: new Bucket(policy.tokens_per_minute.person),
    key: new Bucket(policy.tokens_per_minute.key),
  };
  const budget = new Budget(db, policy.tokens_per_month, now);
  const atGate = {
    requests: new Bucket(perMinute.address),
    open: new Crowd(policy.at_once.requests_of_address),
    attempts: new Attempts(db, policy.sign_in_tries),
    network: () => asking()?.network ?? "unknown",
  };
  const layer = inside({
    ...requests,
    open: new Crowd(policy.at_once.requests),
    tokens: (asker) => levelOf(tokens, asker),
  });
  const answers = new Crowd(policy.at_once.answers);
  const work = computing({ answers, ...tokens });
  const beside = computing(tokens);
  const room = storing(policy.megabytes_stored * 1e6, others.stored);
  return {
    steps: [meter({ answers, ...tokens, budget })],
    ...(settings.accounts && {
      gates: () => [gate(atGate)],
      layers: ({ computes, stores }) => [
        layer,
        ...(computes ? [computes === "tokens" ? beside : work] : []),
        ...(stores ? [room(stores === "a copy")] : []),
      ],
      attempt: ({ who }) => attempt(atGate, who),
    }),
    routes: routes(budget, { requests, tokens }, others.record),
    rights: {
      async *collect(person) {
        const { decided } = await budget.balance(person);
        const content = { decided, months: await budget.months(person) };
        yield { path: "limits/tokens.json", content: JSON.stringify(content, null, 2) };
      },
      erase: async (person) => [
        {
          what: "limits",
          words: { en: "Counts of tokens by month", es: "Recuentos de tokens por mes" },
          count: await budget.erase(person),
        },
      ],
    },
  };
}

interface Buckets {
  readonly requests: Readonly<Record<"person" | "key", Bucket>>;
  readonly tokens: Readonly<Record<"person" | "key", Bucket>>;
}

function routes(budget: Budget, { requests, tokens }: Buckets, record: RecordAct) {
  return [
    route({
      method: "get",
      path: "/api/limits",
      summary: "Tells what is left of the asker's requests and tokens.",
      reply: api.limits,
      async handle() {
        const asker = whoAsks();
        if (asker.via === "solo") return { requests: null, tokens: null, budget: null };
        return {
          requests: told(await levelOf(requests, asker)),
          tokens: told(await levelOf(tokens, asker)),
          budget: await monthOf(budget, asker.id),
        };
      },
    }),
    route({
      method: "get",
      path: "/api/limits/people/:id",
      access: "administrator",
      summary: "Tells what a person may use in a month, and has used.",
      reply: api.personBudget,
      handle: ({ params: { id = "" } }) => decisionOn(budget, id),
    }),
    route({
      method: "put",
      path: "/api/limits/people/:id",
      access: "administrator",
      summary: "Decides how many tokens may be written for a person in a month.",
      body: api.budgetBody,
      reply: api.personBudget,
      async handle({ params: { id = "" }, body: { tokens } }) {
        const details = { tokens: tokens ?? "policy" };
        await record({ actor: whoAsks().id, act: "budget.changed", subject: id, details });
        await budget.set(id, tokens);
        return decisionOn(budget, id);
      },
    }),
  ];
}

const told = (level: Level | undefined) =>
  level
    ? {
        limit: level.limit,
        remaining: level.remaining,
        resetSeconds: Math.ceil(level.resetMs / 1000),
      }
    : null;

async function monthOf(budget: Budget, person: string) {
  const { limit, used, resets } = await budget.balance(person);
  if (limit === 0) return null;
  return { limit, used, remaining: Math.max(0, limit - used), resets: resets.toISOString() };
}

async function decisionOn(budget: Budget, person: string): Promise<api.PersonBudget> {
  const { decided, limit, used } = await budget.balance(person);
  return { tokens: decided, limit, used };
}
