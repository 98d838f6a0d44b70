/** What can be wrong with a study, or with a rating. */
import { CharlaError } from "../../../core/errors.ts";

export const studyNotFound = () =>
  new CharlaError("evaluation_study_not_found", {
    status: 404,
    message: "There is no such study.",
    hint: "Its owner may have deleted it, or closed it to others.",
  });

export const ratingNotFound = () =>
  new CharlaError("evaluation_rating_not_found", {
    status: 404,
    message: "This was not given to you to rate.",
    hint: "Go on with the next one.",
  });

export const ratedAlready = () =>
  new CharlaError("evaluation_rated_already", {
    status: 409,
    message: "You have rated this one, and have seen whose it is.",
    hint: "Go on with the next one; a rating cannot be changed once the names are known.",
  });

export const wrongRating = () =>
  new CharlaError("evaluation_rating_wrong", {
    status: 400,
    message: "This rating does not answer what was asked.",
    hint: "Give a level for each question, or say which of the two is better.",
  });
