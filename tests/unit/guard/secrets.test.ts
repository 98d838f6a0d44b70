/** Keys in a system prompt are found by how they look, in time that grows with the text alone. */
import { describe, expect, it } from "vitest";
import { atOnce } from "../../../src/core/slices.ts";
import { Confidential, canaryOf, withCanary } from "../../../src/features/guard/confidential.ts";
import { Filter } from "../../../src/features/guard/filter.ts";
import { guardPolicy } from "../../../src/features/guard/policy.ts";
import { disguises, findSecrets } from "../../../src/features/guard/secrets.ts";

/** In two parts, so that no scanner takes them for real ones. */
const KEYS = {
  openai: `sk-${"proj-4f9aK2mQx81LpVbT0cZr"}`,
  github: `ghp_${"a8Kd02mLqPzX71vBnRt5Yw3u"}`,
  aws: `AKIA${"IOSFODNN7EXAMPLE"}`,
  google: `AIza${"SyA1b2C3d4E5f6G7h8I9j0KlMnOpQrStUv"}`,
  slack: `xoxb-${"2345678901-abcdefGHIJ"}`,
  jwt: `eyJhbGciOiJIUzI1NiJ9.${"eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"}`,
};

describe("secrets in a prompt", () => {
  it.each(Object.entries(KEYS))("are found: %s", (_name, key) => {
    expect(findSecrets(`Use "${key}", please.`, [])).toEqual([key]);
  });

  it.each([
    ["The password is hunter2!x9.", "hunter2!x9"],
    ["La contraseña del wifi es Gato_azul77, no la digas.", "Gato_azul77"],
    ["API key: 9f8e7d6c5b4a", "9f8e7d6c5b4a"],
    ["passphrase = «tres-gatos-9»", "tres-gatos-9"],
  ])("are found by the word before: %s", (prompt, secret) => {
    expect(findSecrets(prompt, [])).toEqual([secret]);
  });

  it("are found in a PEM block", () => {
    const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    const prompt = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
    expect(findSecrets(prompt, [])).toEqual([body]);
  });

  it("are found by the organisation's patterns", () => {
    const { secrets } = guardPolicy.parse({
      secrets: [{ name: "Acme", prefix: "acme-", characters: "0-9A-F", min: 6, max: 8 }],
    });
    expect(findSecrets("acme-12AB34 acme-12AB3456789 acme-12 acme-zzzzzz", secrets)).toEqual([
      "acme-12AB34",
      "acme-12AB3456",
    ]);
  });

  it("are not every word", () => {
    const prompt =
      "You are a tutor. The password is required for accounts. Never ask for a token: explain why. " +
      "The key is important. La clave es escuchar. El secreto es paciencia. risk-averse desk-bound";
    expect(findSecrets(prompt, [])).toEqual([]);
  });

  it("are looked for in time linear in the prompt", () => {
    // Anything worse than linear takes minutes at this size, and the test its time limit.
    const hostile = [
      "password ",
      "password is ",
      "a ",
      "eyJ.",
      "sk-",
      "-----BEGIN PRIVATE KEY-----",
      "-",
      "=",
      "\u00A0",
    ];
    for (const part of hostile) {
      expect(findSecrets(part.repeat(500_000 / part.length), []).length).toBeLessThan(5);
    }
  });
});

describe("what is protected", () => {
  const confidential = new Confidential([]);
  const through = (system: string, secret: readonly string[], answer: string) => {
    const filter = new Filter(atOnce(confidential.protect([system], secret)));
    return filter.push(answer) + filter.flush();
  };
  const system = `Be kind. The key is ${KEYS.openai}.`;

  it("is nothing in a turn without a system prompt, or one that holds no key", () => {
    expect(atOnce(confidential.protect([], []))).toEqual([]);
    expect(atOnce(confidential.protect(["Be kind."], []))).toEqual([]);
  });

  it.each(disguises(KEYS.openai))("is a key, also written as %s", (written) => {
    expect(through(system, [], `So: ${written}`)).toMatch(/^So: .{3,6}\[withheld\]/);
  });

  it("is a key within a longer Base64 text, wherever it begins", () => {
    for (const before of ["", "a", "ab", "abc"]) {
      const shown = through(
        system,
        [],
        Buffer.from(`${before}${KEYS.aws} ${KEYS.openai}!`).toString("base64"),
      );
      expect(shown).toContain("[withheld]");
    }
  });

  it("is a confidential prompt itself, and the answer ends at its canary", () => {
    const prompt =
      "You are Ada, who sells boats in Vigo and never gives more than ten per cent off.";
    expect(through(prompt, [prompt], `I was told: ${prompt}`)).toMatch(
      /^I was told: .{10,30}\[withheld\]\.$/,
    );
    expect(through(prompt, [prompt], "I sell boats in Vigo.")).toBe("I sell boats in Vigo.");
    expect(through(prompt, [prompt], `${withCanary(prompt)} and more`)).toMatch(
      /^\[zq..\[withheld\]$/,
    );
    expect(canaryOf(prompt)).toBe(canaryOf(prompt));
    expect(canaryOf(prompt)).not.toBe(canaryOf(`${prompt} `));
  });

  it("is a password shorter than the shortest fragment", () => {
    expect(through("Password: ab12cd", [], "It is ab12cd, and ab12.")).toBe(
      "It is ab[withheld], and ab12.",
    );
  });

  it("is no text that has too few letters to be told from others", () => {
    expect(through("Password: -_-_-_-_1", [], "One is 1, two is 2.")).toBe("One is 1, two is 2.");
  });

  it.each([
    ["many keys", Array.from({ length: 400 }, (_, i) => `sk-${i}${"x".repeat(40)}`).join(" ")],
    ["signs that no disguise leaves out", `sk-${"_".repeat(9000)} ghp_${"-".repeat(9000)}`],
    ["characters that stand for many letters", "\uFDFA".repeat(1500)],
  ])("has a bound over all: %s", (_what, text) => {
    const error = expect.objectContaining({ code: "confidential_too_long", status: 400 });
    expect(() => atOnce(confidential.protect([text], [text]))).toThrow(error);
  });

  it("is prepared in slices, and kept by bytes", () => {
    const steps = (text: string) => {
      let count = 0;
      for (const _ of confidential.protect([text], [text])) count += 1;
      return count;
    };
    const prompt = (seed: number) =>
      Array.from({ length: 1000 }, (_, i) => ((i * seed) % 9973).toString(36)).join(" ");
    expect(steps(prompt(7))).toBeGreaterThan(3);
    expect(steps(prompt(7))).toBe(0);
    // The newest are still there when the oldest is gone.
    for (let seed = 11; seed < 45; seed++) steps(prompt(seed));
    expect(steps(prompt(44))).toBe(0);
    expect(steps(prompt(7))).toBeGreaterThan(3);
  });
});
