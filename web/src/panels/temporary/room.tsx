import type { Room } from "../../room.ts";
import { Note, Switch, TEMPORARY } from "./Temporary.tsx";
import { t } from "./words.ts";

export const room: Room = {
  name: "temporary",
  Header: Switch,
  AboveComposer: Note,
  commands: () => [
    {
      group: "actions",
      icon: TEMPORARY,
      label: { en: "New temporary chat", es: "Nuevo chat temporal" },
      run: (desk) => void desk.show(null).then(() => desk.beTemporary(t("temporary.title"))),
    },
  ],
};
