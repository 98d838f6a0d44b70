/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "label.ai": "This text carries a signed label (C2PA): written by AI, signed by {signer}.",
  "label.broken": "This text carries a signed label (C2PA) that cannot be read or is forged.",
  "label.changed":
    "This text carries a label (C2PA) signed by {signer}, but for another text: it was changed, or it is only a part.",
  "label.copied": "Copied with a signed label.",
  "label.copied.self":
    "Copied with a signed label. The certificate is this server's own: nobody else vouches for it.",
  "label.here": "this server",
  "label.holds": "This text carries a signed label (C2PA) by {signer}.",
  "label.removed": "The model does not see it: it is removed when you send.",
  "mark.title": "Watermark",
  "mark.by": "by key {key}, on {tokens} of {of} tokens",
  "mark.engine": "not marked: this model's engine cannot",
  "mark.greedy": "not marked: at temperature 0 there is nothing to choose",
  "mark.no-key": "not marked: there is no key",
  "mark.short": "not marked: too short, or nothing to choose",
  "proof.title": "Proof",
  "proof.in": "written by {model} on {date}, in the log since; the receipt proves it",
  "proof.anchored.development":
    "anchored on a development chain ({chain}) on {date}, which proves nothing to others",
  "proof.anchored.public": "anchored on chain {chain} on {date}",
  "proof.none": "no receipt: from a temporary chat, or older than the log",
  "page.title": "Was this written here?",
  "page.lead":
    "Paste an answer, or drop a receipt, an export or an anonymous proof. The server looks through a text for its mark, and reads signed labels; the rest is checked here in your browser.",
  "page.label": "Text, receipt or export",
  "page.check": "Check",
  "page.checking": "Checking…",
  "page.choose": "Choose a file",
  "page.numbers": "Numbers",
  "page.limits": "What this cannot tell",
  "page.limits.short": "A short text has too few tokens to say anything.",
  "page.limits.edited":
    "Each word that is changed, moved or translated takes some of the mark away; of a text that was rewritten nothing is left.",
  "page.limits.mark": "A mark without a receipt is a sign, not a proof: marks can be imitated.",
  "page.limits.receipt":
    "A receipt proves who wrote a text and when, and not that what it says is true. Answers at temperature 0 have a receipt and no mark.",
  "page.offline": "Save the verifier to check receipts without this server",
  "asked.scope": "The name that you have given out",
  "asked.challenge": "The challenge that you have given out",
  "asked.seen": "Numbers of proofs that you took before (optional)",
  "asked.compare": "Compare",
  "mark.found": "This text carries the mark of this server.",
  "mark.unclear": "It may be: there are traces of this server's mark.",
  "mark.absent": "No mark of this server was found.",
  "mark.inconclusive": "The text is too short to say.",
  "mark.found.means":
    "It was most likely written here, at least in part. There is no receipt beside it, so this is a sign and not a proof.",
  "mark.unclear.means":
    "It may be a marked text that was edited, or chance. A longer part says more.",
  "mark.absent.means":
    "That proves nothing: the text may have been rewritten, or written at temperature 0.",
  "mark.inconclusive.means":
    "From about 50 tokens on, some three or four sentences, it can be told.",
  "mark.heat": "Where the mark is: the darker, the more of it.",
  "mark.chance": "Chance that a foreign text looks like this",
  "mark.chance.value": "at most 1 in {n}",
  "mark.scored": "Tokens that count",
  "mark.scored.value": "{scored} of {tokens}",
  "mark.key": "Key",
  "mark.key.value": "{id}, since {date}",
};

export const es: typeof en = {
  "label.ai":
    "Este texto lleva una etiqueta firmada (C2PA): escrito por una IA, firmado por {signer}.",
  "label.broken": "Este texto lleva una etiqueta firmada (C2PA) que no se puede leer o es falsa.",
  "label.changed":
    "Este texto lleva una etiqueta (C2PA) firmada por {signer}, pero para otro texto: se ha cambiado, o es solo una parte.",
  "label.copied": "Copiado con una etiqueta firmada.",
  "label.copied.self":
    "Copiado con una etiqueta firmada. El certificado es de este mismo servidor: nadie más responde por él.",
  "label.here": "este servidor",
  "label.holds": "Este texto lleva una etiqueta firmada (C2PA) de {signer}.",
  "label.removed": "El modelo no la ve: se quita al enviar.",
  "mark.title": "Marca de agua",
  "mark.by": "con la clave {key}, en {tokens} de {of} tokens",
  "mark.engine": "sin marcar: el motor de este modelo no puede",
  "mark.greedy": "sin marcar: con temperatura 0 no hay nada que elegir",
  "mark.no-key": "sin marcar: no hay ninguna clave",
  "mark.short": "sin marcar: demasiado corta, o no había nada que elegir",
  "proof.title": "Prueba",
  "proof.in":
    "escrita por {model} el {date}, en el registro desde entonces; el recibo lo demuestra",
  "proof.anchored.development":
    "anclada en una cadena de desarrollo ({chain}) el {date}, que no prueba nada a otros",
  "proof.anchored.public": "anclada en la cadena {chain} el {date}",
  "proof.none": "sin recibo: de un chat temporal, o anterior al registro",
  "page.title": "¿Se escribió esto aquí?",
  "page.lead":
    "Pega una respuesta, o suelta un recibo, una exportación o una prueba anónima. El servidor busca su marca en los textos y lee las etiquetas firmadas; lo demás se comprueba aquí, en tu navegador.",
  "page.label": "Texto, recibo o exportación",
  "page.check": "Comprobar",
  "page.checking": "Comprobando…",
  "page.choose": "Elegir un archivo",
  "page.numbers": "Números",
  "page.limits": "Lo que esto no puede decir",
  "page.limits.short": "Un texto corto tiene muy pocos tokens para decir algo.",
  "page.limits.edited":
    "Cada palabra que se cambia, se mueve o se traduce quita parte de la marca; de un texto reescrito no queda nada.",
  "page.limits.mark":
    "Una marca sin recibo es un indicio, no una prueba: las marcas se pueden imitar.",
  "page.limits.receipt":
    "Un recibo demuestra quién escribió un texto y cuándo, y no que lo que dice sea verdad. Las respuestas con temperatura 0 tienen recibo y no tienen marca.",
  "page.offline": "Guarda el verificador para comprobar recibos sin este servidor",
  "asked.scope": "El nombre que has dado",
  "asked.challenge": "El reto que has dado",
  "asked.seen": "Números de las pruebas que aceptaste antes (opcional)",
  "asked.compare": "Comparar",
  "mark.found": "Este texto lleva la marca de este servidor.",
  "mark.unclear": "Puede ser: hay rastros de la marca de este servidor.",
  "mark.absent": "No se encontró ninguna marca de este servidor.",
  "mark.inconclusive": "El texto es demasiado corto para decirlo.",
  "mark.found.means":
    "Lo más probable es que se escribiera aquí, al menos en parte. No hay recibo al lado, así que es un indicio y no una prueba.",
  "mark.unclear.means":
    "Puede ser un texto marcado que se editó, o casualidad. Un fragmento más largo dice más.",
  "mark.absent.means":
    "Eso no demuestra nada: el texto pudo reescribirse, o escribirse con temperatura 0.",
  "mark.inconclusive.means":
    "Se puede decir a partir de unos 50 tokens, unas tres o cuatro frases.",
  "mark.heat": "Dónde está la marca: cuanto más oscuro, más hay.",
  "mark.chance": "Probabilidad de que un texto ajeno se vea así",
  "mark.chance.value": "como mucho 1 entre {n}",
  "mark.scored": "Tokens que cuentan",
  "mark.scored.value": "{scored} de {tokens}",
  "mark.key": "Clave",
  "mark.key.value": "{id}, desde el {date}",
};

export const t = words(en, es);
