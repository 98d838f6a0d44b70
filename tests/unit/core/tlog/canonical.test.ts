/** RFC 8785, and what two programs could read in two ways. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, type Json, parseStrict } from "../../../../src/core/tlog/canonical.ts";

const refused = { code: "json_not_canonical" };
const refuses = (work: () => unknown) => expect(work).toThrow(expect.objectContaining(refused));

describe("one text for one value", () => {
  test("as the example of RFC 8785, section 3.2.2", () => {
    const source = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`;
    // Its 1e+30 is an integer that many programs would round: JSON.parse alone takes it.
    refuses(() => parseStrict(source));
    expect(canonical(parseStrict(source.replace("1E30", "1E-30")))).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e-30,4.5,0.002,1e-27],` +
        `"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
  });

  test("sorts keys by UTF-16 units, as section 3.2.3 shows", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const value = Object.fromEntries(keys.map((key) => [key, 0]));
    expect(Object.keys(JSON.parse(`[${canonical(value)}]`)[0])).toHaveLength(7);
    const order = [...canonical(value).matchAll(/"((?:[^"\\]|\\.)+)":/g)].map(([, key]) => key);
    expect(order).toEqual(["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"]);
  });

  test("of whatever JSON there is: read again it is the same, and written again, too", () => {
    const safe = (value: unknown): boolean => {
      if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
      return typeof value === "object" && value !== null ? Object.values(value).every(safe) : true;
    };
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(safe(value) && JSON.stringify(value).isWellFormed());
        const text = canonical(value as Json);
        expect(parseStrict(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonical(parseStrict(text))).toBe(text);
        expect(parseStrict(JSON.stringify(value, null, 3))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("refuses", () => {
  test.each([
    ['{"a":1,"a":1}', "a key twice"],
    ['{"a":{"b":1,"\\u0062":2}}', "a key twice, written in two ways"],
    ['["\\ud800"]', "half of a pair"],
    ['{"\\udc00":1}', "half of a pair in a key"],
    ["9007199254740993", "an integer above 2^53"],
    ["-9007199254740992", "and below"],
    ["1e400", "what is not finite"],
    ["NaN", "a word of JavaScript"],
    ["01", "a leading zero"],
    ["[1,]", "a comma too many"],
    ['{"a"}', "a key alone"],
    ["'a'", "other quotes"],
    ['"\n"', "a line break in a string"],
    ["[1] 2", "what stands behind"],
    ["", "nothing"],
    ["\ufeff1", "a mark of byte order"],
    ["[".repeat(100_000), "what is too deep"],
    [`${"[".repeat(70)}${"]".repeat(70)}`, "what is too deep, and whole"],
  ])("%j: %s", (source) => {
    refuses(() => parseStrict(source));
  });

  test("values that JSON has not", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "\ud800", undefined]) {
      refuses(() => canonical([value as Json]));
    }
    expect(canonical({ ["__proto__"]: -0 })).toBe('{"__proto__":0}');
    expect(Object.keys(parseStrict('{"__proto__":1}') as object)).toEqual(["__proto__"]);
  });

  test("any text at all, or reads it as JSON.parse does", () => {
    const parts = fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "1", "-", "e", "a", "\\", " ");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (pieces) => {
        const source = pieces.join("");
        let value: Json;
        try {
          value = parseStrict(source);
        } catch (thrown) {
          expect(thrown).toMatchObject(refused);
          return;
        }
        expect(value).toEqual(JSON.parse(source));
      }),
      { numRuns: 2000 },
    );
  });
});
