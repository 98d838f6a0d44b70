/** What can be wrong with a job, apart from what its own work says. */
import { CharlaError } from "../core/errors.ts";

export const jobNotFound = (): CharlaError =>
  new CharlaError("job_not_found", {
    status: 404,
    message: "You have no such job.",
    hint: "It may have been removed; read the list again.",
  });

export const jobDone = (): CharlaError =>
  new CharlaError("job_done", {
    status: 409,
    message: "This job is done; there is nothing left of it to go on with.",
    hint: "Begin a new one where you began this one.",
  });

export const tooManyJobs = (limit: number): CharlaError =>
  new CharlaError("jobs_limited", {
    status: 429,
    message: "{limit} jobs of yours are under way or waiting already.",
    hint: "Wait until one of them has ended, or cancel one.",
    params: { limit },
  });

export const jobDied = (times: number): CharlaError =>
  new CharlaError("job_died", {
    message: "The server ended {times} times in a row while this job was at the same place.",
    hint: "Look into the server's log for the reason before you go on with it.",
    params: { times },
  });

export const jobUnknown = (kind: string): CharlaError =>
  new CharlaError("job_unknown", {
    status: 410,
    message: "Nothing in this server does jobs of the kind {kind} any more.",
    hint: "Remove it, or put back what did them.",
    params: { kind },
  });
