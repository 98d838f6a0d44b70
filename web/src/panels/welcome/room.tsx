import type { Room } from "../../room.ts";
import { Samples } from "./Samples.tsx";
import { Welcome } from "./Welcome.tsx";

export const room: Room = { name: "welcome", Welcome, Beginning: Samples };
