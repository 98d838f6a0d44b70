import { expect, test } from "vitest";
import { noServerErrors } from "./fuzz.ts";
import { serve } from "./serve.ts";

test("no request to the core gives a 5xx", async () => {
  await using served = await serve();
  await noServerErrors(served.url, served.routes);
  expect(served.log).toEqual([]);
});
