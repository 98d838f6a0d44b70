import { homedir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readConfig, unknownVariables, variable } from "../../../src/config.ts";
import { CharlaError } from "../../../src/core/errors.ts";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    return CharlaError.from(thrown).code;
  }
  return "none";
}

it("needs no setting at all", () => {
  const config = readConfig({}, { HOME: "/home/ana" });
  expect(config).toMatchObject({ host: "127.0.0.1", engine: "llama", model: undefined });
  expect(config.port).toBeUndefined();
  expect(Object.isFrozen(config)).toBe(true);
});

it("takes a flag before its variable, and an empty variable as none", () => {
  const env = { HOME: "/h", CHARLA_PORT: "3000", CHARLA_MODEL: "" };
  expect(readConfig({}, env)).toMatchObject({ port: 3000, model: undefined });
  expect(readConfig({ port: "4000" }, env).port).toBe(4000);
});

it.runIf(process.platform === "linux")("keeps data where the system does", () => {
  expect(readConfig({}, { HOME: "/h" }).home).toBe("/h/.local/share/charla");
  expect(readConfig({}, { HOME: "/h", XDG_DATA_HOME: "/data" }).home).toBe("/data/charla");
  expect(readConfig({}, { HOME: "/h", XDG_DATA_HOME: "data" }).home).toBe("/h/.local/share/charla");
  expect(readConfig({}, { HOME: "/h", CHARLA_HOME: "/c" }).home).toBe("/c");
  // Without HOME the system's list of users says where it is.
  expect(readConfig({}, {}).home).toBe(join(homedir(), ".local/share/charla"));
});

it("asks another server as soon as it has an address", () => {
  const env = {
    HOME: "/h",
    CHARLA_REMOTE_URL: "http://127.0.0.1:11434/v1",
    CHARLA_REMOTE_KEY: "k",
  };
  expect(readConfig({}, env)).toMatchObject({
    engine: "remote",
    remote: { url: "http://127.0.0.1:11434/v1", key: "k" },
  });
  const login = { CHARLA_REMOTE_URL: "https://ana:s%40cret@host/v1", HOME: "/h" };
  expect(readConfig({}, login).remote).toMatchObject({
    url: "https://host/v1",
    login: "ana:s@cret",
  });
  const both = { ...login, CHARLA_REMOTE_KEY: "k" };
  expect(codeOf(() => readConfig({}, both))).toBe("remote_two_keys");
  const odd = { ...login, CHARLA_REMOTE_URL: "ftp://ana:secret@host" };
  expect(() => readConfig({}, odd)).toThrow(/ftp:\/\/…@host/);
  expect(codeOf(() => readConfig({}, { HOME: "/h", CHARLA_ENGINE: "remote" }))).toBe(
    "remote_url_missing",
  );
});

it("serves other machines only with accounts and behind TLS", () => {
  const read = (flags: object) => readConfig(flags, { HOME: "/h" });
  const publicUrl = "https://chat.example.org";
  for (const host of ["0.0.0.0", "::", "192.168.1.4", "example.com", "[::]"]) {
    expect(codeOf(() => read({ host }))).toBe("public_url_missing");
    expect(codeOf(() => read({ host, accounts: "on" }))).toBe("public_url_missing");
    expect(codeOf(() => read({ host, accounts: "off", publicUrl }))).toBe("accounts_needed");
    const bare = host.replace(/[[\]]/g, "");
    expect(read({ host, publicUrl })).toMatchObject({ host: bare, accounts: true, publicUrl });
  }
  for (const host of ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"]) {
    const bare = host.replace(/[[\]]/g, "");
    expect(read({ host })).toMatchObject({ host: bare, accounts: false });
    expect(read({ host, accounts: "on" })).toMatchObject({ host: bare, accounts: true });
    // A proxy on this machine makes it reachable as well.
    expect(read({ host, publicUrl }).accounts).toBe(true);
    expect(codeOf(() => read({ host, publicUrl, accounts: "off" }))).toBe("accounts_needed");
  }
});

it("takes the public address as an https origin and as nothing else", () => {
  const read = (publicUrl: string) => readConfig({ publicUrl }, { HOME: "/h" }).publicUrl;
  expect(read("https://Chat.Example.org/")).toBe("https://chat.example.org");
  expect(read("https://chat.example.org:8443")).toBe("https://chat.example.org:8443");
  expect(codeOf(() => read("https://chat.example.org/a"))).toBe("public_url_path");
  const wrong = ["http://chat.example.org", "chat.example.org"];
  for (const url of [...wrong, "https://a@chat.example.org", "https://chat.example.org/?a=b"]) {
    expect(codeOf(() => read(url))).toBe("invalid_setting");
  }
});

it("finds the user's folder behind a tilde, which only shells know", () => {
  const home = (CHARLA_HOME: string) => readConfig({}, { HOME: "/h", CHARLA_HOME }).home;
  expect(home("~/x")).toBe("/h/x");
  expect(home("~")).toBe("/h");
  expect(home("/a/~/x")).toBe("/a/~/x");
  expect(home("~other/x")).toBe(resolve("~other/x"));
});

it("takes origins of other programs one by one, and none at first", () => {
  const read = (origins: string) => readConfig({ origins }, { HOME: "/h" }).origins;
  expect(readConfig({}, { HOME: "/h" })).toMatchObject({ origins: [], otherUsers: false });
  expect(read("app://obsidian.md, http://localhost:3000")).toEqual([
    ...["app://obsidian.md", "http://localhost:3000"],
  ]);
  for (const origin of ["*", "null", "https://*.example.org", "http://a/b", "localhost:3000"]) {
    expect(codeOf(() => read(origin))).toBe("invalid_setting");
  }
});

it("takes memory in the units that people write", () => {
  const read = (memory: string) => readConfig({ memory }, { HOME: "/h" }).memoryBytes;
  expect(["1G", "1 GB", "1000 MB", "1000m"].map(read)).toEqual([1e9, 1e9, 1e9, 1e9]);
  for (const none of ["1", "1 TB", "100 MB", "50 %"]) {
    expect(codeOf(() => read(none))).toBe("invalid_setting");
  }
});

it("names the flag or the variable that is wrong, and what it takes", () => {
  const wrong = { port: "65536", threads: "0", context: "x", temperature: "3", seed: "-1" };
  for (const [name, value] of Object.entries(wrong)) {
    expect(codeOf(() => readConfig({ [name]: value }, { HOME: "/h" }))).toBe("invalid_setting");
    expect(() => readConfig({ [name]: value }, { HOME: "/h" })).toThrow(`--${name}`);
    expect(() => readConfig({}, { HOME: "/h", [variable(name)]: value })).toThrow(variable(name));
  }
});

it("throws nothing but the one class of error, whatever the settings hold", () => {
  const names = ["PORT", "HOST", "THREADS", "CONTEXT", "ENGINE", "REMOTE_URL", "TOP_P", "SEED"];
  const env = fc.dictionary(fc.constantFrom(...names.map((name) => `CHARLA_${name}`)), fc.string());
  fc.assert(
    fc.property(env, (some) => {
      try {
        readConfig({}, { HOME: "/h", ...some });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(CharlaError);
      }
    }),
  );
});

it("notices a misspelt variable", () => {
  expect(unknownVariables({ CHARLA_PROT: "1", CHARLA_PORT: "1", PORT: "1" })).toEqual([
    "CHARLA_PROT",
  ]);
});
