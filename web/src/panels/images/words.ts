/** What this room says. */
import { words } from "../../ui/words.ts";

const INSTALL = "apt install tesseract-ocr tesseract-ocr-spa";

export const en = {
  "blind.languages":
    "This chat's model does not see images, and tesseract here has neither Spanish nor English. Choose a model that sees, or remove the images.",
  "blind.missing": `This chat's model does not see images, and this server cannot read the text on them: it needs tesseract (Debian, Ubuntu: ${INSTALL}). Choose a model that sees, or remove the images.`,
  "blind.read":
    "This chat's model does not see images. Have their text read and send that, or choose a model that sees.",
  "camera.name": "Photo.jpg",
  "camera.refused":
    "The camera cannot be used: there is none, another program has it, or the browser was told not to. Over a network it needs HTTPS.",
  "camera.take": "Take the photo",
  "camera.title": "Camera",
  "gone.many": "{n} images of this chat are no longer here.",
  "gone.one": "One image of this chat is no longer here.",
  image: "Image",
  "image.alt": "Description",
  "image.alt.hint": "What is to be seen, for those who cannot see it and for models that do not.",
  "image.done": "Done",
  "image.download": "Download",
  "image.missing": "no longer here",
  "image.large": "Open {name}",
  "image.pasted": "Pasted image",
  "image.refused": "Some images could not be opened. Remove them, then send your question.",
  "image.remove": "Remove {name}",
  "image.stripped":
    "So it is sent: {width} × {height} pixels, {size} kB, without the place, time and camera that its file may have named.",
  "image.unreadable": "Your browser cannot open this image.",
  "image.unreadable.hint": "Save it as JPEG, PNG or WebP.",
  "images.dropHere": "Drop the images to ask about them",
  "images.temporary": "In a temporary chat there are no images and no files.",
  "images.next": "Images for your next question",
  "ocr.languages":
    "Tesseract on this server has neither Spanish nor English (Debian, Ubuntu: apt install tesseract-ocr-spa tesseract-ocr-eng).",
  "ocr.missing": `Text is read by tesseract, which this server does not have (Debian, Ubuntu: ${INSTALL}).`,
  "text.again": "Read it again",
  "text.check":
    "Look it through and correct it: this is what goes along. Lines of which the reading is unsure are marked on the image.",
  "text.found": "{n} lines found",
  "text.goes": "with its text",
  "text.lead":
    "In Spanish and English, on this server (OCR). Nothing of it is kept until you send.",
  "text.none": "No text was found on it.",
  "text.read": "Read the text",
  "text.reading": "Reading…",
  "text.title": "Text on the image",
  "unseen.many":
    "The model that wrote this does not see images: it was given the text that was read from {n} of them, where there is any.",
  "unseen.one":
    "The model that wrote this does not see images: it was given the text that was read from the image, if any.",
};

export const es: typeof en = {
  "blind.languages":
    "El modelo de este chat no ve imágenes, y a tesseract le faltan aquí el español y el inglés. Elige un modelo que vea o quita las imágenes.",
  "blind.missing": `El modelo de este chat no ve imágenes, y este servidor no sabe leer su texto: necesita tesseract (Debian, Ubuntu: ${INSTALL}). Elige un modelo que vea o quita las imágenes.`,
  "blind.read":
    "El modelo de este chat no ve imágenes. Haz que se lea su texto y envíalo, o elige un modelo que vea.",
  "camera.name": "Foto.jpg",
  "camera.refused":
    "No se puede usar la cámara: no hay ninguna, la usa otro programa o el navegador no lo permite. A través de una red necesita HTTPS.",
  "camera.take": "Hacer la foto",
  "camera.title": "Cámara",
  "gone.many": "{n} imágenes de este chat ya no están.",
  "gone.one": "Una imagen de este chat ya no está.",
  image: "Imagen",
  "image.alt": "Descripción",
  "image.alt.hint": "Lo que se ve, para quien no puede verlo y para los modelos que no ven.",
  "image.done": "Hecho",
  "image.download": "Descargar",
  "image.missing": "ya no está",
  "image.large": "Abrir {name}",
  "image.pasted": "Imagen pegada",
  "image.refused": "Algunas imágenes no se han podido abrir. Quítalas y envía la pregunta.",
  "image.remove": "Quitar {name}",
  "image.stripped":
    "Así se envía: {width} × {height} píxeles, {size} kB, sin el lugar, la hora ni la cámara que su archivo pudiera nombrar.",
  "image.unreadable": "Tu navegador no puede abrir esta imagen.",
  "image.unreadable.hint": "Guárdala como JPEG, PNG o WebP.",
  "images.dropHere": "Suelta las imágenes para preguntar sobre ellas",
  "images.temporary": "En un chat temporal no hay imágenes ni archivos.",
  "images.next": "Imágenes para tu próxima pregunta",
  "ocr.languages":
    "A tesseract le faltan en este servidor el español y el inglés (Debian, Ubuntu: apt install tesseract-ocr-spa tesseract-ocr-eng).",
  "ocr.missing": `El texto lo lee tesseract, que no está en este servidor (Debian, Ubuntu: ${INSTALL}).`,
  "text.again": "Leerlo de nuevo",
  "text.check":
    "Revísalo y corrígelo: esto es lo que se envía. Las líneas dudosas están marcadas en la imagen.",
  "text.found": "{n} líneas encontradas",
  "text.goes": "con su texto",
  "text.lead":
    "En español e inglés, en este servidor (OCR). No se guarda nada hasta que lo envías.",
  "text.none": "No se ha encontrado texto.",
  "text.read": "Leer el texto",
  "text.reading": "Leyendo…",
  "text.title": "Texto de la imagen",
  "unseen.many":
    "El modelo que ha escrito esto no ve imágenes: ha recibido el texto leído de {n} de ellas, donde lo hay.",
  "unseen.one":
    "El modelo que ha escrito esto no ve imágenes: ha recibido el texto leído de la imagen, si lo hay.",
};

export const t = words(en, es);
