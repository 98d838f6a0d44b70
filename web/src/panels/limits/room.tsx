import type { Room } from "../../room.ts";
import { Budget } from "./Budget.tsx";
import { PersonBudget } from "./PersonBudget.tsx";

export const room: Room = {
  name: "limits",
  needs: "limits",
  Foot: Budget,
  OfPerson: PersonBudget,
};
