import type { PartProps, Room } from "../../room.ts";
import { PlainText } from "../../slots.tsx";
import { Coming, Markdown } from "./Markdown.tsx";

/** What people write is shown as they wrote it. */
const Text = ({ part, role, running }: PartProps<"text">) =>
  role === "user" ? <PlainText part={part} /> : <Markdown text={part.text} running={running} />;

export const room: Room = { name: "markdown", parts: { text: Text }, Asking: Coming };
