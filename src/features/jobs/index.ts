/** Jobs: shows long work to people, to cancel and take up again. */
import type { Feature } from "../../core/feature.ts";
import { jobCommands } from "./commands.ts";

export const jobs: Feature = {
  name: "jobs",
  commands: jobCommands,
  load: async () => (await import("./open.ts")).jobs,
};
