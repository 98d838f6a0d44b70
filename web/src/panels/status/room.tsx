import type { Room } from "../../room.ts";
import { StatusBanner } from "./StatusBanner.tsx";

export const room: Room = { name: "status", Banner: StatusBanner };
