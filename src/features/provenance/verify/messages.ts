/** What the verifier says, in plain words: what holds, what does not, and what that means. */

export const en = {
  about: "check an answer against its receipt, without asking any server",
  file: "a receipt, an export (JSON or Markdown), a proof of membership or a text; - reads what is piped in",
  key: "public key of the log that you trust, as the organisation gives it out; can be repeated",
  text: "a file with the text that you hold, compared with the receipt",
  chain: "URL of a server for the chain on which the log is anchored, to ask whether it is",
  scope: "of a proof of membership: the name that you have given out as yours",
  challenge: "of a proof of membership: what you have given out for this one proof",
  seen: "a file with the numbers of proofs taken before; the number of one that holds is added",
  json: "print JSON",
  "verdict.holds": "Proved: the answer is unchanged.",
  "verdict.changed": "Not proved: something was changed.",
  "verdict.erased": "Erased: the person's data was erased, and the log says so.",
  "verdict.open": "Not proved, and nothing speaks against it: something is missing to compare.",
  "verdict.newer": "Made by a newer version of Charla than this verifier can read.",
  "verdict.broken": "This cannot be read as a receipt.",
  "meaning.holds":
    "The model named below wrote exactly this text, and the server cannot deny it or change it unseen. It does not mean that what it says is true.",
  "meaning.changed":
    "What you hold is not what was written down then: the text, the receipt or the log was altered. The lines below say which. Ask for the receipt again where you got it.",
  "meaning.erased":
    "That there was an answer then is still proved. What it said can no longer be proved from the server's side, as the law wants it. This is no sign of tampering.",
  "meaning.open": "Add what is missing, and look again.",
  "meaning.newer": "Get the newer verifier from the server that made the receipt.",
  "meaning.broken":
    "It may have been cut off, changed by a program in between, or be something else. Download it again.",
  "verdict.member.holds": "Proved: it comes from somebody who has an answer in this log.",
  "verdict.member.changed": "Not proved: something in it does not fit.",
  "verdict.member.open": "It may hold: say what you have asked for.",
  "verdict.member.broken": "This cannot be read as a proof of membership.",
  "meaning.member.holds":
    "Whoever made it holds the secret of one of the answers in the group, and not even the server can tell of which. It was made for you and for this challenge. It does not say who that is, nor that the answers are by different people.",
  "meaning.member.changed":
    "The lines below say what: made for somebody else, used before, or altered. Give out a new challenge and ask for a new proof.",
  "meaning.member.open":
    "Without your name and your challenge it could be an old proof, or one that was made for somebody else. Enter both, and look again.",
  "meaning.member.broken":
    "It may have been cut off, changed by a program in between, or be something else. Ask for it again.",
  "problem.encoding": "The file is not text in UTF-8.",
  "problem.size": "The file is larger than 64 MiB, which no export is that we know.",
  "problem.json": "It begins like a file of Charla and cannot be read: {reason}",
  "problem.foreign": "It is JSON, and neither a receipt, an export nor a proof of Charla.",
  "problem.empty": "There is nothing in it.",
  "kind.text":
    "This is a text without a receipt. Only its server can look for the mark in it, on the page /verify.",
  "signature.yes": "Signature: the log {origin} has signed this.",
  "signature.no": "Signature: it was not made by the key for this checkpoint of the log {origin}.",
  "signature.no.origin": "Signature: the key in the file is another log's than {origin}.",
  "key.yes": "Key: {id} is known to be this log's.",
  "key.open":
    "Key: {id} is the one that the file names. Compare it with the one that the organisation publishes; anybody can make a key.",
  "key.no.key": "Key: {id} is not one of the keys of this log that you trust.",
  "key.no.origin": "Key: it is of the log {name}, which is not one that you trust.",
  "inclusion.yes": "Log: the answer is entry {place} of {size}.",
  "inclusion.no": "Log: this entry is not in the log that was signed.",
  "answer.yes": "Text: it is the one that was written, to the last character.",
  "answer.no": "Text: it is not the one that was written.",
  "answer.open.text": "Text: there is none here to compare.",
  "answer.open.salt":
    "Text: the receipt has no salt for it, so nobody can tell which text it is about.",
  "answer.open.kind": "Text: this entry of the log is not about an answer.",
  "prompt.yes": "Question: it is the one that was asked.",
  "prompt.no": "Question: it is not the one that was asked.",
  "prompt.open.text": "Question: it is not in the file, so nothing is said of it.",
  "prompt.open.salt": "Question: the receipt has no salt for it.",
  "shown.yes": "Document: the text stands in it as it was written.",
  "shown.no": "Document: what can be read in it is not the text that was written.",
  "group.yes": "Group: entry {place} of {size} of the log names it, of {leaves} secrets.",
  "group.no": "Group: it is not in the log that was signed.",
  "group.no.small":
    "Group: it has {leaves} secrets, and under {least} a proof does not hide whose it is.",
  "member.yes": "Secret: its maker holds one of the {leaves}.",
  "member.no": "Secret: the proof does not hold.",
  "member.no.group": "Secret: the proof is about another group than the one in the file.",
  "member.no.statement": "Secret: the proof says something else than what can be read here.",
  "claim.open": "Claim: “{claim}”. That is what its maker says with it.",
  "scope.yes": "For whom: you, {given}.",
  "scope.no": "For whom: it was made for “{given}”.",
  "scope.open": "For whom: it says “{given}”. Compare it with the name that you have given out.",
  "challenge.yes": "Challenge: it is yours.",
  "challenge.no": "Challenge: it is not yours, but “{given}”.",
  "challenge.open":
    "Challenge: it says “{given}”. Compare it with the one that you have given out.",
  "nullifier.yes": "Once: this secret was not used for you before. Keep the number {nullifier}.",
  "nullifier.no": "Once: this secret was used for you before; the number {nullifier} is known.",
  "nullifier.open":
    "Once: keep the number {nullifier}; the same secret gives you the same one again.",
  "erasure.yes": "Erasure: the log has an entry of {ts} that says so.",
  "erasure.no": "Erasure: what the file says of one is not in the log.",
  "anchor.yes":
    "Anchor: transaction {transaction} on chain {chain} has the log at {size} entries, since {ts}. The chain was asked, and its block is final.",
  "anchor.yes.development":
    "Anchor: transaction {transaction} has the log at {size} entries, on chain {chain}. That is a chain for development on one machine: it proves nothing to others.",
  "anchor.no": "Anchor: what the file says of a chain does not fit this entry and this log.",
  "anchor.no.chain": "Anchor: the chain that was asked does not have what the file says.",
  "anchor.open.public":
    "Anchor: the file says since {ts}, in transaction {transaction} on chain {chain} (1 is Ethereum). Only the chain can tell: charla verify --chain, or any block explorer.",
  "anchor.open.development":
    "Anchor: the file says on chain {chain}, which is for development on one machine: it proves nothing to others.",
  "label.yes":
    "Label: {signer} has signed the file (C2PA), by a certificate that nobody here has checked. It is unchanged since.",
  "label.yes.ai":
    "Label: {signer} has signed that AI has part in the file (C2PA), by a certificate that nobody here has checked. It is unchanged since.",
  "label.yes.own":
    "Label: this server has signed that AI has part in the file (C2PA). It is unchanged since.",
  "label.no":
    "Label: the file is not the one that {signer} has signed (C2PA). Other spaces or line ends are enough for that.",
  "label.no.broken": "Label: it (C2PA) cannot be read or is forged.",
  "label.open":
    "Label: the file has one that is signed (C2PA), which was not read here. The command charla verify reads it.",
  unproved: "{count} answers in it have no receipt, so nothing is said of them.",
  count: "{count} receipts: {holds} proved.",
  written: "{model}, {date}",
  difference: "Where they differ: the receipt has “{was}”, your text has “{is}”.",
};

export type Words = Readonly<Record<keyof typeof en, string>>;

export const es: Words = {
  about: "comprueba una respuesta con su recibo, sin preguntar a ningún servidor",
  file: "un recibo, una exportación (JSON o Markdown), una prueba de pertenencia o un texto; - lee lo que llega por la tubería",
  key: "clave pública del registro en la que confías, como la da la organización; se puede repetir",
  text: "un archivo con el texto que tienes, que se compara con el recibo",
  chain: "URL de un servidor de la cadena en la que está anclado el registro, para preguntarle",
  scope: "de una prueba de pertenencia: el nombre que has dado como tuyo",
  challenge: "de una prueba de pertenencia: lo que has dado para esta prueba y ninguna otra",
  seen: "un archivo con los números de las pruebas aceptadas antes; se añade el de la que se cumple",
  json: "imprime JSON",
  "verdict.holds": "Demostrado: la respuesta no ha cambiado.",
  "verdict.changed": "No demostrado: algo se ha cambiado.",
  "verdict.erased": "Eliminado: los datos de la persona se eliminaron, y el registro lo dice.",
  "verdict.open": "No demostrado, y nada lo contradice: falta algo con lo que comparar.",
  "verdict.newer":
    "Hecho por una versión de Charla más nueva de lo que este verificador sabe leer.",
  "verdict.broken": "Esto no se puede leer como recibo.",
  "meaning.holds":
    "El modelo que se nombra abajo escribió exactamente este texto, y el servidor no puede negarlo ni cambiarlo sin que se note. No significa que lo que dice sea verdad.",
  "meaning.changed":
    "Lo que tienes no es lo que se anotó entonces: se alteró el texto, el recibo o el registro. Las líneas de abajo dicen cuál. Pide el recibo otra vez donde lo obtuviste.",
  "meaning.erased":
    "Que entonces hubo una respuesta sigue demostrado. Lo que decía ya no se puede demostrar con lo que guarda el servidor, como quiere la ley. No es señal de manipulación.",
  "meaning.open": "Añade lo que falta y mira otra vez.",
  "meaning.newer": "Descarga el verificador más nuevo del servidor que hizo el recibo.",
  "meaning.broken":
    "Puede que esté cortado, que lo haya cambiado un programa por el camino, o que sea otra cosa. Descárgalo otra vez.",
  "verdict.member.holds": "Demostrado: viene de alguien que tiene una respuesta en este registro.",
  "verdict.member.changed": "No demostrado: algo en ella no encaja.",
  "verdict.member.open": "Puede valer: di qué has pedido.",
  "verdict.member.broken": "Esto no se puede leer como prueba de pertenencia.",
  "meaning.member.holds":
    "Quien la hizo tiene el secreto de una de las respuestas del grupo, y ni el servidor puede decir de cuál. Se hizo para ti y para este reto. No dice quién es, ni que las respuestas sean de personas distintas.",
  "meaning.member.changed":
    "Las líneas de abajo dicen qué: se hizo para otra persona, ya se usó o se alteró. Da un reto nuevo y pide una prueba nueva.",
  "meaning.member.open":
    "Sin tu nombre y tu reto podría ser una prueba vieja, o una hecha para otra persona. Escribe ambos y mira otra vez.",
  "meaning.member.broken":
    "Puede que esté cortada, que la haya cambiado un programa por el camino, o que sea otra cosa. Pídela otra vez.",
  "problem.encoding": "El archivo no es texto en UTF-8.",
  "problem.size": "El archivo pasa de 64 MiB, y ninguna exportación que conozcamos llega a tanto.",
  "problem.json": "Empieza como un archivo de Charla y no se puede leer: {reason}",
  "problem.foreign": "Es JSON, pero ni un recibo ni una exportación ni una prueba de Charla.",
  "problem.empty": "No hay nada dentro.",
  "kind.text":
    "Es un texto sin recibo. Solo su servidor puede buscar en él la marca, en la página /verify.",
  "signature.yes": "Firma: el registro {origin} ha firmado esto.",
  "signature.no":
    "Firma: no la hizo la clave que corresponde a este punto de control del registro {origin}.",
  "signature.no.origin": "Firma: la clave del archivo es de otro registro que {origin}.",
  "key.yes": "Clave: {id} se conoce como clave de este registro.",
  "key.open":
    "Clave: {id} es la que nombra el archivo. Compárala con la que publica la organización; cualquiera puede crear una clave.",
  "key.no.key": "Clave: {id} no es ninguna de las claves de este registro en las que confías.",
  "key.no.origin": "Clave: es del registro {name}, que no es uno en el que confíes.",
  "inclusion.yes": "Registro: la respuesta es la entrada {place} de {size}.",
  "inclusion.no": "Registro: esta entrada no está en el registro que se firmó.",
  "answer.yes": "Texto: es el que se escribió, hasta el último carácter.",
  "answer.no": "Texto: no es el que se escribió.",
  "answer.open.text": "Texto: aquí no hay ninguno con el que comparar.",
  "answer.open.salt":
    "Texto: el recibo no tiene sal para él, así que nadie puede decir de qué texto trata.",
  "answer.open.kind": "Texto: esta entrada del registro no trata de una respuesta.",
  "prompt.yes": "Pregunta: es la que se hizo.",
  "prompt.no": "Pregunta: no es la que se hizo.",
  "prompt.open.text": "Pregunta: no está en el archivo, así que no se dice nada de ella.",
  "prompt.open.salt": "Pregunta: el recibo no tiene sal para ella.",
  "shown.yes": "Documento: el texto está en él como se escribió.",
  "shown.no": "Documento: lo que se lee en él no es el texto que se escribió.",
  "group.yes": "Grupo: lo nombra la entrada {place} de {size} del registro, con {leaves} secretos.",
  "group.no": "Grupo: no está en el registro que se firmó.",
  "group.no.small":
    "Grupo: tiene {leaves} secretos, y con menos de {least} una prueba no oculta de quién es.",
  "member.yes": "Secreto: quien la hizo tiene uno de los {leaves}.",
  "member.no": "Secreto: la prueba no se cumple.",
  "member.no.group": "Secreto: la prueba trata de otro grupo que el del archivo.",
  "member.no.statement": "Secreto: la prueba dice otra cosa que lo que se lee aquí.",
  "claim.open": "Declaración: «{claim}». Es lo que dice con ella quien la hizo.",
  "scope.yes": "Para quién: para ti, {given}.",
  "scope.no": "Para quién: se hizo para «{given}».",
  "scope.open": "Para quién: dice «{given}». Compáralo con el nombre que has dado.",
  "challenge.yes": "Reto: es el tuyo.",
  "challenge.no": "Reto: no es el tuyo, sino «{given}».",
  "challenge.open": "Reto: dice «{given}». Compáralo con el que has dado.",
  "nullifier.yes": "Una vez: este secreto no se usó antes para ti. Guarda el número {nullifier}.",
  "nullifier.no": "Una vez: este secreto ya se usó para ti; el número {nullifier} es conocido.",
  "nullifier.open":
    "Una vez: guarda el número {nullifier}; el mismo secreto te da otra vez el mismo.",
  "erasure.yes": "Eliminación: el registro tiene una entrada de {ts} que lo dice.",
  "erasure.no": "Eliminación: lo que el archivo dice de ella no está en el registro.",
  "anchor.yes":
    "Anclaje: la transacción {transaction} de la cadena {chain} tiene el registro con {size} entradas desde el {ts}. Se preguntó a la cadena, y su bloque es definitivo.",
  "anchor.yes.development":
    "Anclaje: la transacción {transaction} tiene el registro con {size} entradas, en la cadena {chain}. Es una cadena de desarrollo en un solo equipo: no demuestra nada a otros.",
  "anchor.no":
    "Anclaje: lo que el archivo dice de una cadena no encaja con esta entrada y este registro.",
  "anchor.no.chain": "Anclaje: la cadena a la que se preguntó no tiene lo que dice el archivo.",
  "anchor.open.public":
    "Anclaje: el archivo dice que desde el {ts}, en la transacción {transaction} de la cadena {chain} (1 es Ethereum). Solo la cadena lo sabe: charla verify --chain, o cualquier explorador de bloques.",
  "anchor.open.development":
    "Anclaje: el archivo dice que en la cadena {chain}, que es de desarrollo en un solo equipo: no demuestra nada a otros.",
  "label.yes":
    "Etiqueta: {signer} ha firmado el archivo (C2PA), con un certificado que aquí nadie ha comprobado. No ha cambiado desde entonces.",
  "label.yes.ai":
    "Etiqueta: {signer} ha firmado que una IA tiene parte en el archivo (C2PA), con un certificado que aquí nadie ha comprobado. No ha cambiado desde entonces.",
  "label.yes.own":
    "Etiqueta: este servidor ha firmado que una IA tiene parte en el archivo (C2PA). No ha cambiado desde entonces.",
  "label.no":
    "Etiqueta: el archivo no es el que firmó {signer} (C2PA). Para eso bastan otros espacios u otros finales de línea.",
  "label.no.broken": "Etiqueta: no se puede leer o es falsa (C2PA).",
  "label.open":
    "Etiqueta: el archivo lleva una firmada (C2PA), que aquí no se ha leído. La lee el comando charla verify.",
  unproved: "{count} respuestas no tienen recibo, así que no se dice nada de ellas.",
  count: "{count} recibos: {holds} demostrados.",
  written: "{model}, {date}",
  difference: "Donde difieren: el recibo tiene «{was}», tu texto tiene «{is}».",
};

export const messages = { en, es };
