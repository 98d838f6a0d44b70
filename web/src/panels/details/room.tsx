import type { Room } from "../../room.ts";
import { Details } from "./Details.tsx";

export const room: Room = { name: "details", Byline: Details };
