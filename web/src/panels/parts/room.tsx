/** What a message holds beside its text: what the model thought, and the tools that it used. */
import type { Room } from "../../room.ts";
import { Thought } from "./Thought.tsx";
import { Call, Result } from "./Tool.tsx";

export const room: Room = {
  name: "parts",
  parts: { reasoning: Thought, call: Call, result: Result },
};
