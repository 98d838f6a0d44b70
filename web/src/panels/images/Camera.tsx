/** The camera of this computer: it is on while this stands open, and for no longer. */
import { useEffect, useRef, useState } from "react";
import { Dialog } from "../../ui/Dialog.tsx";
import { add, shots } from "./shots.ts";
import { t } from "./words.ts";

type State = "asking" | "on" | "refused";

export function Camera() {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<State>("asking");
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices
      .getUserMedia({ audio: false, video: { width: { ideal: 1568 }, facingMode: "environment" } })
      .then(async (given) => {
        stream = given;
        if (over || !video.current) return stop();
        video.current.srcObject = given;
        await video.current.play();
        setState("on");
      })
      .catch(() => !over && setState("refused"));
    return () => {
      over = true;
      stop();
    };
  }, []);
  const close = () => shots.set({ camera: false });
  const take = () => {
    const element = video.current;
    if (!element) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [element.videoWidth, element.videoHeight];
    canvas.getContext("2d")?.drawImage(element, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) add([new File([blob], t("camera.name"), { type: "image/jpeg" })]);
      close();
    }, "image/jpeg");
  };
  return (
    <Dialog title={t("camera.title")} onClose={close}>
      {state === "refused" ? (
        <p className="note warn" role="alert">
          {t("camera.refused")}
        </p>
      ) : (
        <video ref={video} className="camera" muted playsInline aria-label={t("camera.title")} />
      )}
      <div className="buttons look-done">
        <button type="button" className="primary" disabled={state !== "on"} onClick={take}>
          {t("camera.take")}
        </button>
      </div>
    </Dialog>
  );
}
