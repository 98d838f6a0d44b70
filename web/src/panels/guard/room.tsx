import type { Room } from "../../room.ts";
import { GuardNotice } from "./GuardNotice.tsx";
import { guardFacts } from "./guard.ts";

export const room: Room = { name: "guard", Notice: GuardNotice, details: guardFacts };
