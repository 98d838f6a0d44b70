/**
 * Why a value is wrong where several forms are right: zod says "Invalid input" there. Told is what
 * is wrong in the form that the value comes closest to, else which forms there are.
 */
import * as z from "zod";

type Issue = z.core.$ZodIssue;

z.config({
  customError: (issue) =>
    issue.code === "invalid_union" && !issue.discriminator ? ofUnion(issue.errors) : undefined,
});

function ofUnion(forms: readonly (readonly Issue[])[] = []): string | undefined {
  const issues = forms.flatMap(([first]) => first ?? []);
  const close = issues.filter((one) => one.code !== "invalid_type" || one.path.length > 0);
  const [best] = close.toSorted((a, b) => b.path.length - a.path.length);
  if (best) return best.path.length > 0 ? `${best.message} (at ${placeOf(best)})` : best.message;
  const types = issues.flatMap((one) => ("expected" in one ? String(one.expected) : []));
  return types.length > 0 ? `expected ${[...new Set(types)].join(" or ")}` : undefined;
}

const placeOf = ({ path }: Issue) =>
  path.map((key) => (typeof key === "number" ? `[${key}]` : String(key))).join(".");
