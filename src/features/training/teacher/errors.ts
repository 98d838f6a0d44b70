/** What can be wrong with texts that a teacher writes. */
import { CharlaError } from "../../../core/errors.ts";

export const noWritten = () =>
  new CharlaError("training_written_not_found", {
    status: 404,
    message: "There are no such texts of a teacher.",
    hint: "They may have been deleted; `charla train list` and the page show those that there are.",
  });

export const fewQuestions = (found: number, least: number) =>
  new CharlaError("training_questions_few", {
    status: 422,
    message: "There are only {found} different questions, and {least} are needed at least.",
    hint: "Bring more; with a description, say more of what it is about, or choose a larger teacher.",
    params: { found, least },
  });

export const manyQuestions = (found: number, most: number) =>
  new CharlaError("training_questions_many", {
    status: 413,
    message: "There are {found} questions, and a teacher answers {most} at most.",
    hint: "Split the file, and learn from both results.",
    params: { found, most },
  });

/** @param fault in a word, as it is stored */
export const teacherUseless = (model: string, n: number, fault: string) =>
  new CharlaError("training_teacher_useless", {
    status: 422,
    message: "The last {n} answers of {model} could not be used ({fault}).",
    hint: "Choose another teacher, or allow longer answers if they are cut; what was written is kept.",
    params: { model, n, fault },
  });

export const teacherChanged = (model: string) =>
  new CharlaError("training_teacher_changed", {
    status: 409,
    message: "{model} is not the file any more that has written the first of these texts.",
    hint: "Begin anew: the texts of two teachers would be told as those of one.",
    params: { model },
  });

export const writingStopped = (done: number, total: number) =>
  new CharlaError("training_writing_stopped", {
    status: 499,
    message: "Stopped after {done} of {total} texts; what was written is kept.",
    hint: "Run the same command again, and it goes on from there.",
    params: { done, total },
  });

export const otherVocabulary = (teacher: string, student: string) =>
  new CharlaError("training_vocabulary", {
    status: 422,
    message:
      "{teacher} and {student} have different vocabularies: their tokens are no tokens of the other.",
    hint: "Learn from the teacher's words alone (--soft 0), or choose a teacher of the student's family.",
    params: { teacher, student },
  });

export const noTeacher = () =>
  new CharlaError("training_no_teacher", {
    status: 422,
    message: "There is no teacher whose probabilities could be learned.",
    hint: "Name one of this machine, or bring answers that one teacher has written.",
  });
