/** What is listed at every start is what the protos say, which are read with the first call. */
import { expect, it } from "vitest";
import { RPCS } from "../../../src/features/grpc/methods.ts";
import { registry } from "./place.ts";

it("every method of the protos is a route, and the other way round", () => {
  const described = [...registry].flatMap((one) =>
    one.kind === "service" ? one.methods.map(({ name }) => `/${one.typeName}/${name}`) : [],
  );
  const listed = RPCS.map(({ path }) => path);
  expect(listed.toSorted()).toEqual(described.toSorted());
});
