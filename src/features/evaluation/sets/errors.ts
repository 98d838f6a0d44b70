/** What can be wrong with a file of questions: which line, and what to do about it. */
import { CharlaError } from "../../../core/errors.ts";

export const notText = (file: string) =>
  new CharlaError("evaluation_set_not_text", {
    status: 400,
    message: "{file} is no text.",
    hint: "Save the table as CSV, or write an object of JSON on each line.",
    params: { file },
  });

export const emptySet = (file: string) =>
  new CharlaError("evaluation_set_empty", {
    status: 400,
    message: "{file} has no questions in it.",
    hint: "A set needs one question at least, in a column or field named question.",
    params: { file },
  });

export const brokenLine = (file: string, line: number, cause?: unknown) =>
  new CharlaError("evaluation_set_broken_line", {
    status: 400,
    message: "Line {line} of {file} cannot be read.",
    hint: "Look there for a quotation mark that is not closed, or a comma or brace that is missing.",
    params: { file, line },
    cause,
  });

export const raggedRow = (file: string, line: number, cells: number, columns: number) =>
  new CharlaError("evaluation_set_ragged", {
    status: 400,
    message: "Line {line} of {file} has {cells} cells, and the first line names {columns} columns.",
    hint: "Put texts that have commas in them between double quotation marks.",
    params: { file, line, cells, columns },
  });

export const noQuestions = (file: string) =>
  new CharlaError("evaluation_set_columns", {
    status: 400,
    message: "The first line of {file} names no column for the question.",
    hint: "Name one question, and if there are right answers, others reference, reference2 and so on.",
    params: { file },
  });

export const wrongItem = (file: string, line: number, field: string) =>
  new CharlaError("evaluation_set_item", {
    status: 400,
    message: "Line {line} of {file}: {field} is missing, or is not what it should be.",
    hint: "docs/question-sets.md says what the fields of a set are.",
    params: { file, line, field },
  });

export const twice = (file: string, line: number, id: string) =>
  new CharlaError("evaluation_set_twice", {
    status: 400,
    message: "Line {line} of {file} has the id {id}, which stands there before.",
    hint: "Give each question an id of its own, or none at all.",
    params: { file, line, id },
  });

export const tooLong = (file: string, line: number) =>
  new CharlaError("evaluation_set_long_line", {
    status: 400,
    message: "Line {line} of {file} is longer than a question can be.",
    hint: "Look for a quotation mark that is not closed, or for a file without line breaks.",
    params: { file, line },
  });

export const tooMany = (file: string, most: number) =>
  new CharlaError("evaluation_set_too_many", {
    status: 413,
    message: "{file} has more than {most} questions.",
    hint: "Ask for a sample of it, which is drawn by chance from the whole file.",
    params: { file, most },
  });
