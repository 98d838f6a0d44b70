/** The formats of other products that are taken: to take one more, add its file and its line. */

import { type Format, fields } from "./chat.ts";
import { chatgpt } from "./chatgpt.ts";
import { claude } from "./claude.ts";
import { librechat } from "./librechat.ts";
import { openWebui } from "./open-webui.ts";

const FORMATS: readonly Format[] = [chatgpt, claude, openWebui, librechat];

/** Whose chat a value of a file is. */
export const formatOf = (value: unknown): Format | undefined =>
  FORMATS.find((format) => format.is(fields(value)));
