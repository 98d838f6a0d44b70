/** Files: given to chats, found in them, cited in answers. All but its way in is loaded when needed. */
import { lazy } from "react";
import type { Cited } from "../../../../src/features/knowledge/api.ts";
import type { PartProps, Room, Slots } from "../../room.ts";
import { later } from "../../slots.tsx";
import { bringing } from "./bringing.ts";
import { sourceInWords } from "./sources.ts";

const files = () => import("./files.ts");

const Chips = later<object>(() => import("./Chips.tsx"));
const Brought = later<PartProps<"file">>(() => import("./Brought.tsx"));
const Sources = later<Slots["Notice"]>(() => import("./Sources.tsx"));
const Reader = later<object>(() => import("./Reader.tsx"));

const Nothing = () => null;

export const room: Room = {
  name: "knowledge",
  needs: "knowledge",
  plus: [
    {
      icon: "export",
      label: { en: "Add files…", es: "Añadir archivos…" },
      offered: (desk) => !desk.temporary,
      run: () => void files().then(({ choose }) => choose()),
    },
  ],
  panels: [
    {
      name: "files",
      label: { en: "Files", es: "Archivos" },
      icon: "folder",
      place: "yours",
      Panel: lazy(() => import("./FilesPanel.tsx")),
    },
  ],
  AboveComposer: Chips,
  Over: Reader,
  parts: { file: Brought, citation: Nothing, retrieval: Nothing },
  Notice: ({ message }) =>
    message.parts?.some(({ type }) => type === "retrieval") ? <Sources message={message} /> : null,
  references: ({ parts = [] }) =>
    parts.flatMap((part) => {
      if (part.type !== "citation" || !("n" in part)) return [];
      const cited = part as unknown as Cited;
      const open = () => void import("./reading.ts").then(({ read }) => read(cited, parts));
      return [{ mark: String(cited.n), title: sourceInWords(cited), open }];
    }),
  setting: async () => (await import("./CollectionsField.tsx")).setting,
  brings: { files: () => bringing.files(), taken: (files) => bringing.taken(files) },
  beforeSending: () => bringing.mayGo(),
};
