/** What an organisation may decide about people's files: the section `[files]` of its policy. */
import * as z from "zod";

export const filesPolicy = z.strictObject({
  /** Of one file, in megabytes of a million bytes. */
  file_mb: z.int().min(1).max(250).default(50),
  /** Of all files of a person. */
  person_mb: z.int().min(1).max(1e6).default(1000),
  /** So many a person may have. */
  person_files: z.int().min(1).max(1e5).default(2000),
  /** Whether people may lend collections of theirs to everybody who has an account here. */
  lending: z.boolean().default(true),
});
export type FilesPolicy = z.output<typeof filesPolicy>;
