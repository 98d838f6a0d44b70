/** Ctrl-C while a command does something long. */
import { expect, it, onTestFinished } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { interruptible } from "../../../src/terminal/interrupt.ts";

it("ends the work, however often it comes, and no other's", () => {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    // Others of this process may listen, who are not to be told.
    const others = process.listeners(name);
    process.removeAllListeners(name);
    onTestFinished(() => {
      for (const one of others) process.on(name, one);
    });
  }
  let kept: AbortSignal;
  {
    using own = interruptible();
    kept = own.signal;
    process.emit("SIGTERM");
    process.emit("SIGINT");
    expect(own.signal.reason).toMatchObject({ code: "interrupted" });
    {
      const reason = new CharlaError("own_reason", { message: "Own.", hint: "None." });
      using later = interruptible(() => reason);
      expect(later.signal.aborted).toBe(false);
      later.stop();
      expect(later.signal.reason).toBe(reason);
    }
  }
  expect(kept.reason).toMatchObject({ code: "interrupted" });
  expect(process.listenerCount("SIGINT")).toBe(0);
});
