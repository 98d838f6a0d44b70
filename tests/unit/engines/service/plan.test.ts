/** Slots, context and KV type from the memory that is there; what is set always stays as it is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choosePlan, KV_BYTES, type Wishes } from "../../../../src/engines/llama/service/plan.ts";

/** SmolLM2-135M: 30 layers with 3 KV heads of 64. */
const STARTER = { fileBytes: 98e6, kvPerToken: 2 * 30 * 3 * 64, contextWindow: 8192 };
/** Llama-3.1-8B in Q4_K_M: 32 layers with 8 KV heads of 128. */
const EIGHT_BILLION = { fileBytes: 4.9e9, kvPerToken: 2 * 32 * 8 * 128, contextWindow: 131_072 };
const machine = (freeGb: number, cores = 2) => ({
  ...{ freeBytes: freeGb * 1e9, freeDiskBytes: 100e9, cores },
});

describe("the plan", () => {
  it("of a small model on a roomy machine is the usual one", () => {
    const { plan, kvBytes, from, cache } = choosePlan(machine(22), STARTER);
    expect(plan).toMatchObject({ slots: 4, contextTokens: 8192, kvType: "f16" });
    expect(plan).toMatchObject({ threads: 1, batchThreads: 2 });
    expect(kvBytes).toBe(4 * 8192 * 23_040);
    expect(new Set(Object.values(from))).toEqual(new Set(["default"]));
    expect(cache.memoryBytes).toBeCloseTo((22e9 - 98e6) / 8);
    expect(cache.diskBytes).toBe(4e9);
  });

  it("saves slots first, then context, then precision", () => {
    const chosen = [40, 20, 15, 12, 9, 7, 6, 5].map((free) => {
      const { plan } = choosePlan(machine(free), EIGHT_BILLION);
      return `${plan.slots} x ${plan.contextTokens} ${plan.kvType}`;
    });
    expect(chosen).toEqual([
      ...["4 x 8192 f16", "3 x 8192 f16", "2 x 8192 f16", "2 x 4096 f16", "2 x 4096 q8_0"],
      ...["2 x 2048 q8_0", "2 x 1024 q8_0", "1 x 1024 q8_0"],
    ]);
  });

  it("has windows that are longer than what the model was trained for only where that is asked", () => {
    const of = (wishes: Wishes) => choosePlan(machine(60), STARTER, wishes).plan.contextTokens;
    expect(of({ contextTokens: 16_384 })).toBe(8192);
    expect(of({ contextTokens: 16_384, yarn: 2 })).toBe(16_384);
    expect(of({ contextTokens: 16_384, yarn: 1.5 })).toBe(12_288);
    expect(of({ yarn: 2 })).toBe(8192);
  });

  it("says what has come from where", () => {
    const wishes = { slots: 3, threads: undefined };
    const { from } = choosePlan(machine(9), EIGHT_BILLION, wishes, { batchTokens: 256 });
    expect(from).toMatchObject({ slots: "set", batchTokens: "measured", threads: "default" });
    expect(from).toMatchObject({ contextTokens: "memory" });
  });

  it("keeps to its budget wherever it can, and to every wish always", () => {
    const models = fc.record({
      fileBytes: fc.integer({ min: 1e6, max: 5e10 }),
      kvPerToken: fc.integer({ min: 0, max: 200_000 }),
      contextWindow: fc.integer({ min: 256, max: 200_000 }),
    });
    const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
    const wishes: fc.Arbitrary<Wishes> = fc.record({
      slots: optional(fc.integer({ min: 1, max: 32 })),
      contextTokens: optional(fc.integer({ min: 256, max: 100_000 })),
      kvType: optional(fc.constantFrom("f16" as const, "q8_0" as const)),
      flashAttention: optional(fc.boolean()),
      threads: optional(fc.integer({ min: 1, max: 64 })),
    });
    const free = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(
        free,
        models,
        wishes,
        fc.integer({ min: 1, max: 64 }),
        (gb, model, wish, cores) => {
          const { plan, kvBytes, kvBudgetBytes, from } = choosePlan(
            machine(gb, cores),
            model,
            wish,
          );
          expect(kvBytes).toBe(
            plan.slots * plan.contextTokens * model.kvPerToken * KV_BYTES[plan.kvType],
          );
          const free = Object.values(from).filter((one) => one === "default" || one === "memory");
          if (kvBytes > kvBudgetBytes && wish.slots === undefined) expect(plan.slots).toBe(1);
          if (kvBytes > kvBudgetBytes && wish.kvType === undefined)
            expect(plan.kvType).toBe("q8_0");
          expect(free.length).toBeGreaterThan(0);
          expect(plan.contextTokens).toBeLessThanOrEqual(model.contextWindow);
          expect(plan.contextTokens).toBeGreaterThan(0);
          expect(plan.threads).toBeGreaterThan(0);
          if (plan.kvType === "q8_0") expect(plan.flashAttention).toBe(true);
          if (wish.slots) expect(plan.slots).toBe(wish.slots);
          if (wish.kvType) expect(plan.kvType).toBe(wish.kvType);
          if (wish.threads) expect(plan.threads).toBe(wish.threads);
          if (wish.contextTokens) {
            expect(plan.contextTokens).toBe(Math.min(wish.contextTokens, model.contextWindow));
          }
        },
      ),
    );
  });

  it("never has less for more memory", () => {
    const size = ({ slots, contextTokens }: { slots: number; contextTokens: number }) =>
      slots * contextTokens;
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const kept = (gb: number) => size(choosePlan(machine(gb), EIGHT_BILLION).plan);
        expect(kept(less)).toBeLessThanOrEqual(kept(more));
      }),
    );
  });
});
