/** What a message holds beside its text: what the model thought. */
import type { Room } from "../../room.ts";
import { Thought } from "./Thought.tsx";

export const room: Room = {
  name: "parts",
  parts: { reasoning: Thought },
};
