/** What an organisation may decide about training: the section `[training]` of its policy. */
import * as z from "zod";

export const trainingPolicy = z.strictObject({
  /** An adapter is offered to all who chat here, and may say what it has learned word for word. */
  who: z.enum(["administrators", "everyone"]).default("administrators"),
});
export type TrainingPolicy = z.output<typeof trainingPolicy>;
