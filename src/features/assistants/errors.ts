/** What is said where there is no such assistant or prompt, or no room for another one. */
import { CharlaError } from "../../core/errors.ts";

export const assistantsFull = (limit: number) =>
  new CharlaError("assistants_full", {
    status: 409,
    message: "You have {limit} assistants already, and there is no room for more.",
    hint: "Delete one that you do not use.",
    params: { limit },
  });

export const assistantNotFound = () =>
  new CharlaError("assistant_not_found", {
    status: 404,
    message: "There is no such assistant.",
    hint: "It may have been deleted, or is no longer lent.",
  });

export const lendingOff = () =>
  new CharlaError("assistant_lending_off", {
    status: 403,
    message: "The organisation does not allow assistants to be lent.",
    hint: "Give the exported file to whoever wants it.",
  });

export const promptsFull = (limit: number) =>
  new CharlaError("saved_prompts_full", {
    status: 409,
    message: "You have {limit} saved prompts already, and there is no room for more.",
    hint: "Delete one that you do not use.",
    params: { limit },
  });

export const promptNotFound = () =>
  new CharlaError("saved_prompt_not_found", {
    status: 404,
    message: "There is no such prompt.",
    hint: "It may have been deleted in another window.",
  });

export const promptNameTaken = (name: string) =>
  new CharlaError("saved_prompt_name_taken", {
    status: 409,
    param: "name",
    message: "You have a prompt called {name} already.",
    hint: "Give this one another name, or edit that one.",
    params: { name },
  });
