/** A library that cannot be loaded costs the counts of a moment: no memory, and not the later ones. */
import { expect, test, vi } from "vitest";
import { Counted } from "../../../src/features/metrics/counted.ts";
import type { Measured } from "../../../src/features/metrics/measure.ts";

const turn = (n: number) => ({ n }) as unknown as Measured;

test("a failed load is logged and forgotten with its turns, and the next turn tries again", async () => {
  vi.useFakeTimers();
  try {
    const recorded: Measured[] = [];
    const logged: unknown[] = [];
    let broken = true;
    class Meters {
      record(measured: Measured) {
        recorded.push(measured);
      }
      text() {
        return `${recorded.length} turns`;
      }
    }
    const library = async () => {
      if (broken) throw new Error("no such package");
      return { Meters } as unknown as typeof import("../../../src/features/metrics/meters.ts");
    };
    const counted = new Counted(
      () => [],
      (...line) => logged.push(line),
      library,
    );
    counted.add(turn(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(logged).toEqual([["the turns are not counted", new Error("no such package")]]);
    await expect(counted.text()).rejects.toThrow("no such package");
    counted.add(turn(2));
    await vi.advanceTimersByTimeAsync(1000);
    expect(logged).toHaveLength(2);
    broken = false;
    counted.add(turn(3));
    await vi.advanceTimersByTimeAsync(1000);
    counted.add(turn(4));
    expect(recorded).toEqual([turn(3), turn(4)]);
    expect(await counted.text()).toBe("2 turns");
    expect(logged).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test("what other features know stands beside the turns", async () => {
  const counted = new Counted(() => [], console.error);
  const values = [{ value: 1.5, labels: { "gen_ai.request.model": "parrot" } }];
  const text = await counted.text([{ name: "charla.cost.month", help: "Cost.", values }]);
  expect(text).toContain('\ncharla_cost_month{gen_ai_request_model="parrot"} 1.5\n');
  expect(await counted.text()).not.toContain("charla_cost");
});
