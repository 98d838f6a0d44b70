/** What this room says. */
import { type KeyOf, words } from "../../ui/words.ts";

export const en = {
  "personal.choice.mask":
    "Mask: placeholders such as [DNI_1] are stored and read by the model instead",
  "personal.choice.off": "Off: sent and stored as you write it",
  "personal.choice.warn": "Warn: shows you what it finds before you send",
  "personal.default": "Default ({mode})",
  "personal.floor.mask": "Your organisation requires masking in every chat.",
  "personal.floor.warn": "Your organisation requires at least a warning in every chat.",
  "personal.hide": "Show placeholders",
  "personal.kind.address": "Postal address",
  "personal.kind.birthdate": "Date of birth",
  "personal.kind.card": "Payment card",
  "personal.kind.cif": "Company's tax number (CIF)",
  "personal.kind.dni": "Identity number (DNI)",
  "personal.kind.email": "E-mail address",
  "personal.kind.health": "Health card",
  "personal.kind.iban": "Bank account (IBAN)",
  "personal.kind.ip": "IP address",
  "personal.kind.name": "Name",
  "personal.kind.nie": "Foreigner's number (NIE)",
  "personal.kind.nss": "Social security number",
  "personal.kind.passport": "Passport",
  "personal.kind.phone": "Telephone",
  "personal.kind.plate": "Licence plate",
  "personal.kind.postcode": "Postcode",
  "personal.kind.secret": "Key or password",
  "personal.mode.mask": "mask",
  "personal.mode.off": "off",
  "personal.mode.warn": "warn",
  "personal.note.hidden":
    "{count} items are hidden from the model. You see the chat as the model reads it and as it is stored.",
  "personal.note.shown":
    "{count} items are hidden from the model. Only you see the real values (underlined).",
  "personal.setting": "Personal data",
  "personal.setting.hint":
    "What happens to identity numbers, accounts, telephones, e-mail addresses, secrets and the like in what you write here. They are recognised by their format, on this server; people's names are not.",
  "personal.show": "Show the real values",
  "personal.warning.edit": "Edit",
  "personal.warning.hint":
    "“Mask and send” puts placeholders in its place in this whole chat from now on; you will still see your own words.",
  "personal.warning.lead": "This was found before sending. Nothing has been stored.",
  "personal.warning.mask": "Mask and send",
  "personal.warning.more": "and {count} more",
  "personal.warning.send": "Send as it is",
  "personal.warning.title": "Your message contains personal data",
};

export const es: typeof en = {
  "personal.choice.mask":
    "Ocultar: se guardan marcadores como [DNI_1], y eso es lo que lee el modelo",
  "personal.choice.off": "Desactivado: se envía y se guarda como lo escribes",
  "personal.choice.warn": "Avisar: te enseña lo que encuentra antes de enviar",
  "personal.default": "Por defecto ({mode})",
  "personal.floor.mask": "Tu organización exige ocultarlos en todos los chats.",
  "personal.floor.warn": "Tu organización exige al menos un aviso en todos los chats.",
  "personal.hide": "Ver los marcadores",
  "personal.kind.address": "Dirección postal",
  "personal.kind.birthdate": "Fecha de nacimiento",
  "personal.kind.card": "Tarjeta de pago",
  "personal.kind.cif": "NIF de empresa (CIF)",
  "personal.kind.dni": "Número de identidad (DNI)",
  "personal.kind.email": "Correo electrónico",
  "personal.kind.health": "Tarjeta sanitaria",
  "personal.kind.iban": "Cuenta bancaria (IBAN)",
  "personal.kind.ip": "Dirección IP",
  "personal.kind.name": "Nombre",
  "personal.kind.nie": "Número de extranjero (NIE)",
  "personal.kind.nss": "Número de la Seguridad Social",
  "personal.kind.passport": "Pasaporte",
  "personal.kind.phone": "Teléfono",
  "personal.kind.plate": "Matrícula",
  "personal.kind.postcode": "Código postal",
  "personal.kind.secret": "Clave o contraseña",
  "personal.mode.mask": "ocultar",
  "personal.mode.off": "desactivado",
  "personal.mode.warn": "avisar",
  "personal.note.hidden":
    "Datos ocultos para el modelo: {count}. Ves el chat como está guardado y como lo lee el modelo.",
  "personal.note.shown":
    "Datos ocultos para el modelo: {count}. Solo tú ves los valores reales (subrayados).",
  "personal.setting": "Datos personales",
  "personal.setting.hint":
    "Qué pasa con números de identidad, cuentas, teléfonos, correos, claves y demás en lo que escribes aquí. Se reconocen por su formato, en este servidor; los nombres de personas, no.",
  "personal.show": "Ver los valores reales",
  "personal.warning.edit": "Editar",
  "personal.warning.hint":
    "«Ocultar y enviar» los sustituye por marcadores, desde ahora en todo el chat; tú seguirás viendo tus palabras.",
  "personal.warning.lead": "Se han encontrado antes de enviar. No se ha guardado nada.",
  "personal.warning.mask": "Ocultar y enviar",
  "personal.warning.more": "y {count} más",
  "personal.warning.send": "Enviar tal cual",
  "personal.warning.title": "Tu mensaje tiene datos personales",
};

export const t = words(en, es);
export type Key = KeyOf<typeof en>;
