/** To mask a long text keeps nobody else from being served. */
import { expect, test } from "vitest";
import { mask } from "../../../src/features/personal-data/mask.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a text full of numbers is masked while others are served", async () => {
  let served = 0;
  let masked = false;
  const done = mask("1\n".repeat(20_000), async () => []).then((text) => {
    masked = true;
    return text;
  });
  while (!masked) {
    await tick();
    served += 1;
  }
  expect(served).toBeGreaterThan(30);
  expect(await done).toHaveLength(40_000);
});
