/** What the acts of the audit log are called. What has no words here is shown by its own name. */

/** In each language of the page. */
interface Named {
  readonly en: string;
  readonly es: string;
}

export const ACTS: Readonly<Record<string, Named>> = {
  "accounts.restored": { en: "Accounts restored", es: "Cuentas restauradas" },
  "assistant.lent": { en: "Assistant lent", es: "Asistente prestado" },
  "assistant.taken_back": { en: "Assistant no longer lent", es: "Asistente ya no prestado" },
  "audit.moved": {
    en: "Log moved to another database",
    es: "Registro movido a otra base de datos",
  },
  "audit.trimmed": { en: "Old entries removed", es: "Entradas antiguas eliminadas" },
  "budget.changed": { en: "Token limit changed", es: "Límite de tokens cambiado" },
  "chat.read": { en: "Chat read with permission", es: "Chat leído con permiso" },
  "collection.lent": { en: "Collection lent", es: "Colección prestada" },
  "collection.taken_back": { en: "Collection no longer lent", es: "Colección ya no prestada" },
  "installation.set_up": { en: "Charla set up", es: "Charla configurada" },
  "key.created": { en: "API key created", es: "Clave de API creada" },
  "key.revoked": { en: "API key revoked", es: "Clave de API revocada" },
  models: { en: "Model added", es: "Modelo añadido" },
  "models.delete": { en: "Model deleted", es: "Modelo eliminado" },
  "models.files.delete": { en: "Model file not taken", es: "Archivo de modelo descartado" },
  "models.files.put": { en: "Model file received", es: "Archivo de modelo recibido" },
  "models.pull": { en: "Model download started", es: "Descarga de un modelo iniciada" },
  "models.pull.delete": { en: "Model download stopped", es: "Descarga de un modelo detenida" },
  "models.use": { en: "Model chosen", es: "Modelo elegido" },
  "passkey.added": { en: "Passkey added", es: "Llave de acceso añadida" },
  "passkey.removed": { en: "Passkey removed", es: "Llave de acceso eliminada" },
  "password.changed": { en: "Password changed", es: "Contraseña cambiada" },
  "password.reset": { en: "Password reset by link", es: "Contraseña restablecida por enlace" },
  "person.changed": { en: "Person changed", es: "Persona modificada" },
  "person.erased": { en: "Data erased", es: "Datos eliminados" },
  "person.erasure.begun": { en: "Erasure of data begun", es: "Eliminación de datos iniciada" },
  "person.exported": { en: "Data exported", es: "Datos exportados" },
  "person.invitation_withdrawn": { en: "Invitation withdrawn", es: "Invitación retirada" },
  "person.invited": { en: "Person invited", es: "Persona invitada" },
  "person.joined": { en: "Person joined", es: "Persona incorporada" },
  "person.reset_link_made": {
    en: "Link for a new password created",
    es: "Enlace para una contraseña nueva creado",
  },
  "provenance.anchors": { en: "Log anchored", es: "Registro anclado" },
  "retention.ran": {
    en: "Old data erased by the policy",
    es: "Datos antiguos eliminados por la política",
  },
  "session.ended": { en: "Signed out", es: "Sesión cerrada" },
  "session.revoked": { en: "Session ended", es: "Sesión terminada" },
  "session.started": { en: "Signed in", es: "Sesión iniciada" },
  "support.granted": {
    en: "Permission to read a chat given",
    es: "Permiso para leer un chat dado",
  },
  "support.revoked": {
    en: "Permission to read a chat withdrawn",
    es: "Permiso para leer un chat retirado",
  },
  "totp.backup_codes_renewed": { en: "Backup codes renewed", es: "Códigos de respaldo renovados" },
  "totp.disabled": { en: "Second step turned off", es: "Segundo paso desactivado" },
  "totp.enabled": { en: "Second step turned on", es: "Segundo paso activado" },
};
