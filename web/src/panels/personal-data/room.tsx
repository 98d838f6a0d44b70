/** Personal data: what is masked, and what is asked before it goes. All words of it are loaded when needed. */
import { useDesk } from "../../desk.ts";
import type { Room } from "../../room.ts";
import { later } from "../../slots.tsx";
import { asking, mayGo, type Question } from "./check.ts";
import { store, useBook } from "./store.ts";

const Note = later<{ readonly count: number }>(() => import("./MaskedNote.tsx"));
const Warning = later<{ readonly question: Question }>(() => import("./Warning.tsx"));

function Masked() {
  const branch = useDesk((desk) => desk.branch);
  useBook(
    useDesk(({ chatId }) => chatId),
    branch,
  );
  const count = store.use(({ values }) => values.size);
  return count > 0 && <Note count={count} />;
}

function Asking() {
  const question = asking.use((state) => state.question);
  return question && <Warning question={question} />;
}

export const room: Room = {
  name: "personal-data",
  needs: "personal-data",
  beforeSending: mayGo,
  AboveComposer: Masked,
  setting: async () => (await import("./PrivacyField.tsx")).setting,
  Over: Asking,
};
