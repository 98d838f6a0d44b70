/** What is said where nothing may be kept, there is no room for more, or no such fact. */
import { CharlaError } from "../../core/errors.ts";

export const memoryOff = () =>
  new CharlaError("memory_off", {
    status: 409,
    message: "Your memory is off, and nothing is kept in it.",
    hint: "Switch it on under Memory first.",
  });

export const memoryFull = (most: number) =>
  new CharlaError("memory_full", {
    status: 409,
    message: "There are {most} facts in your memory already, and there is no room for more.",
    hint: "Delete one that no longer matters.",
    params: { most },
  });

export const factEmpty = () =>
  new CharlaError("memory_fact_empty", {
    status: 400,
    param: "text",
    message: "There is nothing to be read in this fact.",
    hint: "Write it as a short sentence.",
  });

export const factNotFound = () =>
  new CharlaError("memory_fact_not_found", {
    status: 404,
    message: "There is no such fact in your memory.",
    hint: "It may have been deleted in another window.",
  });
