/**
 * The smallest whole feature: a step around every turn and a route (`open.ts`), and a command. With
 * it, a message that ends in "!!" is answered in capitals.
 */
import type { Feature } from "../../core/feature.ts";

export const shout: Feature = {
  name: "shout",
  commands(program) {
    program
      .command("shout <text>")
      .description("say a text in capitals")
      .action((text: string) => console.log(text.toUpperCase()));
  },
  load: async () => (await import("./open.ts")).shout,
};
