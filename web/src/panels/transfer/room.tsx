import type { Room } from "../../room.ts";
import { Importing, Whose } from "./Importing.tsx";
import { chooseFile, takeDropped } from "./importing.ts";
import { exportAll, exportChat } from "./transfer.ts";

export const room: Room = {
  name: "transfer",
  Over: Importing,
  Byline: Whose,
  start: takeDropped,
  chatMenu: [
    {
      icon: "export",
      label: { en: "Export as Markdown", es: "Exportar como Markdown" },
      run: (chat) => exportChat(chat, "markdown"),
    },
    {
      icon: "export",
      label: { en: "Export as JSON", es: "Exportar como JSON" },
      run: (chat) => exportChat(chat, "json"),
    },
  ],
  listMenu: [
    {
      icon: "import",
      label: { en: "Import chats…", es: "Importar chats…" },
      run: chooseFile,
    },
    { icon: "export", label: { en: "Export everything", es: "Exportar todo" }, run: exportAll },
  ],
};
