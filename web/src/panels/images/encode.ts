/**
 * An image as it leaves this browser: drawn anew, so that nothing goes along that was in its file beside
 * the pixels (place, time, camera), and no larger than models look at.
 */

/** Of the longer side, in pixels: larger ones are made smaller by the models that see. */
const MOST_SIDE = 1568;
/** Bytes that are aimed at. */
const MOST_BYTES = 1_500_000;
/** To read small letters more pixels are better; of the longer side. */
const READ_SIDE = 3200;
/** What is drawn larger than it is, to be read: letters of a screen are small for a scanner's eye. */
const MOST_ZOOM = 2;
const QUALITIES = [0.9, 0.8, 0.65, 0.5];

export interface Encoded {
  readonly blob: Blob;
  /** The same as a URL, for as long as it is nowhere else. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** @throws whatever the browser says of what it cannot open */
export async function encode(source: Blob): Promise<Encoded> {
  const canvas = await drawn(source, (longer) => Math.min(1, MOST_SIDE / longer));
  const { width, height } = canvas;
  // What has sharp edges stays sharp; a photograph would be many times as large.
  const photo = source.type === "image/jpeg";
  let blob = photo ? undefined : await blobOf(canvas, "image/png");
  for (const quality of QUALITIES) {
    if (blob && blob.size <= MOST_BYTES) break;
    blob = await blobOf(canvas, "image/jpeg", quality);
  }
  const made = blob as Blob;
  return { blob: made, url: await urlOf(made), width, height };
}

/** The same for reading: as large as it came, or larger. */
export async function forReading(source: Blob): Promise<Blob> {
  const canvas = await drawn(source, (longer) => Math.min(MOST_ZOOM, READ_SIDE / longer));
  return source.type === "image/jpeg"
    ? blobOf(canvas, "image/jpeg", 0.95)
    : blobOf(canvas, "image/png");
}

async function drawn(source: Blob, scaleOf: (longer: number) => number) {
  const bitmap = await createImageBitmap(source, { imageOrientation: "from-image" });
  const scale = scaleOf(Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.imageSmoothingQuality = "high";
  // JPEG knows no transparency, and would be black there.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

const blobOf = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new RangeError("the image is too large"))),
      type,
      quality,
    ),
  );

const urlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
