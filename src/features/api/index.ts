/** What machines ask a server: whether it is alive, whether it can answer, and what it offers. */
import type { Feature } from "../../core/feature.ts";

export const api: Feature = {
  name: "api",
  load: async () => (await import("./open.ts")).api,
};
