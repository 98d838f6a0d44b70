/** The starter model's file, which the set-up of the tests found or fetched. */
export function starterModel(): string {
  const path = process.env.CHARLA_TEST_MODEL;
  if (!path) throw new Error("Set CHARLA_TEST_MODEL to the starter model's file; `npm test` does.");
  return path;
}
