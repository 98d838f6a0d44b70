/** Over the page: an image that is looked at, or the camera. */
import { useLanguage } from "../../chat/language.ts";
import { Camera } from "./Camera.tsx";
import { LookAtKept } from "./LookAtKept.tsx";
import { LookAtShot } from "./LookAtShot.tsx";
import { shots } from "./shots.ts";
import "./images.css";

export default function Over() {
  useLanguage();
  const look = shots.use((state) => state.look);
  const camera = shots.use((state) => state.camera);
  const byChat = shots.use((state) => state.byChat);
  if (camera) return <Camera />;
  if (look === null) return null;
  if (typeof look !== "string") return <LookAtKept image={look} />;
  const shot = Object.values(byChat)
    .flat()
    .find(({ key }) => key === look);
  return shot ? <LookAtShot shot={shot} /> : null;
}
