/** Images: brought along with questions, shown in chats, read. All but the way in is loaded when needed. */
import { lazy, Suspense } from "react";
import type { PartProps, Room, Slots } from "../../room.ts";
import { bringing } from "./bringing.ts";

const shots = () => import("./shots.ts");

/** Loads what it shows once there is something to show. */
function later<Props extends object>(load: Parameters<typeof lazy<React.ComponentType<Props>>>[0]) {
  const Loaded = lazy(load) as React.ComponentType<Props>;
  return (props: Props) => (
    <Suspense>
      <Loaded {...props} />
    </Suspense>
  );
}

const Unseen = later<Slots["Notice"]>(() => import("./Unseen.tsx"));

export const room: Room = {
  name: "images",
  needs: "images",
  plus: [
    {
      icon: "image",
      label: { en: "Add images…", es: "Añadir imágenes…" },
      offered: (desk) => !desk.temporary,
      run: () => void shots().then(({ choose }) => choose()),
    },
    {
      icon: "M4.5 6h2.7l1.3-2h3l1.3 2h2.7A1.5 1.5 0 0 1 17 7.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-7A1.5 1.5 0 0 1 4.5 6ZM10 13.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
      label: { en: "Take a photo…", es: "Hacer una foto…" },
      offered: (desk) => !desk.temporary && "mediaDevices" in navigator,
      run: () => void shots().then(({ photograph }) => photograph()),
    },
  ],
  AboveComposer: later<object>(() => import("./Thumbs.tsx")),
  Over: later<object>(() => import("./Over.tsx")),
  parts: {
    image: later<PartProps<"image">>(() => import("./Shown.tsx")),
    unseen: () => null,
  },
  Notice: ({ message }) =>
    message.parts?.some(({ type }) => type === "unseen") ? <Unseen message={message} /> : null,
  brings: { files: () => bringing.images(), taken: (files) => bringing.taken(files) },
  beforeSending: () => bringing.mayGo(),
};
