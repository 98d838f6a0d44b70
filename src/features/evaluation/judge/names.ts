/** The rubrics that come with Charla. */
export const RUBRIC_NAMES = ["helpfulness", "correctness", "safety"] as const;
export type RubricName = (typeof RUBRIC_NAMES)[number];
