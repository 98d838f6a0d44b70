/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "membership.lead":
    "Prove to somebody that an answer in this server's log is yours, without saying which one or who you are.",
  "secret.title": "Your secret",
  "secret.none":
    "It is made in this browser and never leaves it. From then on each question takes along a number made from it, which stands in the log with the answer.",
  "secret.make": "Make a secret",
  "secret.take": "Take in a copy…",
  "secret.is": "It is in this browser. Questions asked with it: {n}.",
  "secret.lost":
    "Nobody else has it. It is gone with this browser's data, which signing out deletes, and then nothing can be proved with it any more. Save a copy, and keep it where nobody else can read it.",
  "secret.save": "Save a copy",
  "secret.delete": "Delete the secret",
  "secret.sure": "Without a copy you can never prove again what it was for.",
  "secret.badCopy": "This file is no copy of a secret.",
  "secret.badCopy.hint": "Choose the file charla-secret.json that was saved here.",
  "secret.notKept": "This browser keeps nothing, so a secret would be lost with this tab.",
  "secret.notKept.hint": "Allow this page to store data, or leave the private window.",
  "prove.title": "A proof",
  "prove.lead":
    "There are {leaves} secrets in the log; the proof says that you hold one of them. It takes some seconds, and is made in this browser.",
  "prove.small":
    "There are {leaves} secrets in the log. Under {least} a proof would not hide which one is yours, so none is made.",
  "prove.notReady":
    "What makes proofs is not on this server yet. An administrator downloads it once: charla membership setup",
  "prove.noSecret": "Make a secret first, and ask something.",
  "prove.scope": "For whom",
  "prove.scope.hint": "The name that they have given you, letter by letter.",
  "prove.challenge": "Their challenge",
  "prove.challenge.hint": "What they have given you for this one proof.",
  "prove.claim": "What you say with it (optional)",
  "prove.claim.hint": "Everybody who gets the proof can read it.",
  "prove.make": "Make the proof",
  "prove.stop": "Stop",
  "prove.fetching": "Downloading what makes proofs (6 MB)…",
  "prove.busy": "Making the proof…",
  "prove.made":
    "The proof is saved as charla-proof.json. Send it to them: they check it with charla verify, or with the verifier's file.",
  "prove.nullifier": "Its number for them is {nullifier}: a second proof for them has the same.",
  "prove.no.none": "None of your secrets is in the group.",
  "prove.no.none.hint":
    "Ask something in a stored chat, and try again. If you took in a copy, look whether it is the newest.",
  "prove.no.foreign": "The secrets that the server gave are not those of the group in its log.",
  "prove.no.foreign.hint": "Try again. If it stays so, do not trust this server's log.",
  "prove.no.failed": "The proof could not be made.",
  "prove.no.failed.hint": "Try again, with fewer other pages open, or in another browser.",
  "membership.limits": "What a proof does not say",
  "membership.limits.people":
    "That there are as many people as secrets: one person may have many. Who knows the others' secrets knows yours.",
  "membership.limits.page":
    "That this page can be trusted: whoever runs the server could change it. The page as it comes from us never sends your secret.",
  "membership.limits.once":
    "Nothing new to the same verifier: your oldest secret is used, so that two proofs for one name show that they come from one person.",
  "membership.limits.erased":
    "That your data is still here: the number in the log stays when it is erased.",
};

export const es: typeof en = {
  "membership.lead":
    "Demuestra a alguien que una respuesta del registro de este servidor es tuya, sin decir cuál ni quién eres.",
  "secret.title": "Tu secreto",
  "secret.none":
    "Se crea en este navegador y nunca sale de él. Desde entonces, cada pregunta tuya lleva consigo un número hecho de él, que queda en el registro con la respuesta.",
  "secret.make": "Crear un secreto",
  "secret.take": "Abrir una copia…",
  "secret.is": "Está en este navegador. Preguntas hechas con él: {n}.",
  "secret.lost":
    "Nadie más lo tiene. Se pierde con los datos de este navegador, que se eliminan al cerrar la sesión, y entonces ya no se puede demostrar nada con él. Guarda una copia donde nadie más pueda leerla.",
  "secret.save": "Guardar una copia",
  "secret.delete": "Eliminar el secreto",
  "secret.sure": "Sin una copia no podrás demostrar nunca más aquello para lo que servía.",
  "secret.badCopy": "Este archivo no es la copia de un secreto.",
  "secret.badCopy.hint": "Elige el archivo charla-secret.json que se guardó aquí.",
  "secret.notKept": "Este navegador no guarda nada, y el secreto se perdería con esta pestaña.",
  "secret.notKept.hint": "Permite que esta página guarde datos, o sal de la ventana privada.",
  "prove.title": "Una prueba",
  "prove.lead":
    "Hay {leaves} secretos en el registro; la prueba dice que tienes uno de ellos. Tarda unos segundos y se hace en este navegador.",
  "prove.small":
    "Hay {leaves} secretos en el registro. Con menos de {least}, una prueba no ocultaría cuál es el tuyo, así que no se hace ninguna.",
  "prove.notReady":
    "Lo que hace las pruebas aún no está en este servidor. Un administrador lo descarga una vez: charla membership setup",
  "prove.noSecret": "Primero crea un secreto y pregunta algo.",
  "prove.scope": "Para quién",
  "prove.scope.hint": "El nombre que te han dado, letra por letra.",
  "prove.challenge": "Su reto",
  "prove.challenge.hint": "Lo que te han dado para esta prueba y ninguna otra.",
  "prove.claim": "Lo que dices con ella (opcional)",
  "prove.claim.hint": "Lo puede leer cualquiera que reciba la prueba.",
  "prove.make": "Hacer la prueba",
  "prove.stop": "Detener",
  "prove.fetching": "Descargando lo que hace las pruebas (6 MB)…",
  "prove.busy": "Haciendo la prueba…",
  "prove.made":
    "La prueba está guardada como charla-proof.json. Envíasela: la comprueban con charla verify o con el archivo verificador.",
  "prove.nullifier":
    "Su número para ellos es {nullifier}: una segunda prueba para ellos tiene el mismo.",
  "prove.no.none": "Ninguno de tus secretos está en el grupo.",
  "prove.no.none.hint":
    "Pregunta algo en un chat que se guarde y prueba otra vez. Si abriste una copia, mira si es la más nueva.",
  "prove.no.foreign": "Los secretos que dio el servidor no son los del grupo de su registro.",
  "prove.no.foreign.hint":
    "Prueba otra vez. Si sigue igual, no confíes en el registro de este servidor.",
  "prove.no.failed": "No se pudo hacer la prueba.",
  "prove.no.failed.hint": "Prueba otra vez, con menos páginas abiertas o en otro navegador.",
  "membership.limits": "Lo que una prueba no dice",
  "membership.limits.people":
    "Que haya tantas personas como secretos: una persona puede tener muchos. Quien conoce los de los demás conoce el tuyo.",
  "membership.limits.page":
    "Que esta página sea de fiar: quien administra el servidor podría cambiarla. La página, sin cambios, nunca envía tu secreto.",
  "membership.limits.once":
    "Nada nuevo a quien ya tiene una: se usa tu secreto más antiguo, así que dos pruebas para un mismo nombre muestran que vienen de una persona.",
  "membership.limits.erased":
    "Que tus datos sigan aquí: el número del registro se queda cuando se eliminan.",
};

export const t = words(en, es);
