/**
 * Words of attacks by what they do in a sentence, in English and Spanish, without accents. A word
 * may stand in several classes; `~` at the end takes every ending, which Spanish verbs need.
 */
export type Class = keyof typeof CLASSES;

const CLASSES = {
  ignore: `ignor~ disregard~ forget forgot overrid~ bypass~ discard~ neglect overrule~ dismiss void
    skip drop abandon abandona~ unlearn suspend~ olvid~ descart~ omit~ omis~ desobed~ desatiend~ anul~ salta~
    saltat~ prescind~ invalid~ sobrescrib~ elud~ deja~ disable~ desactiv~ circumvent~ cancel~ alto`,
  prior: `previous previously prior earlier above preceding former foregoing existing original initial all any
    every everything your system old safety developer given before prev~ anterior~ arriba precedent~
    todas todos toda todo tus tu sus su sistema inicial~ original~ recibid~ dadas antes lo otras other`,
  orders: `instruction~ rule rules guideline~ directive~ order orders prompt prompts constraint~ restriction~
    polic~ training directions command commands programming guardrail~ limitation~ told context task
    instruccion~ regla reglas indicacion~ orden ordenes directri~ directiva~ restriccion~ norma normas
    limitacion~ consigna~ pauta~ programacion contexto dicho mensajes tarea protocol~ safeguard~ salvaguard~`,
  reveal: `reveal~ print repeat show output display leak~ disclose~ tell dump give list quote recite expose echo
    write share copy paste translate spell encode reproduce transcribe return state provide type summarize
    revel~ imprim~ repit~ repet~ muestra muestrame muestres mostrar ensen~ di dime dame diga escrib~ copi~ peg~ transcrib~ divulg~
    filtra recit~ cuenta~ comparte traduc~ codific~ deletre~ reproduc~ devuelv~ vuelca resum~ enumer~ facilit~`,
  hidden: `your system initial hidden original internal above secret confidential developer private first
    tu tus sistema inicial~ ocult~ intern~ secret~ originales confidencial~ privad~ primer~ su sus verbatim literal~`,
  secret: `password passwords secret secrets key keys token tokens credential~ canary passphrase passcode
    apikey code contrasena~ clave claves secreto secretos credencial~ canario codigo pin`,
  prompt: `prompt prompts instruction~ configuration setup preamble instruccion~ configuracion preambulo indicacion~
    guidelines rules directive~ directrices reglas message mensaje`,
  persona: `dan jailbr~ rebelde pirate~ unrestricted uncensored unfiltered amoral jailbroken stan dude aim omega godmode
    desinhibid~ devmode limitless`,
  free: `restriction~ filter~ censor~ limit~ rule rules guideline~ ethic~ moral~ polic~ safety boundaries safeguard~
    restriccion~ filtro~ censura limite~ regla reglas etic~ normas politica~ salvaguard~ seguridad`,
  without:
    "without no not sin ningun~ free libre never zero cero ignoring off nada lack~ removed lifted disabled apaga~ unlock~ desbloque~",
  act: `act pretend roleplay simulat~ behave become imagine impersonat~ persona actu~ fing~ simul~ comporta~
    interpreta~ imagin~ haz~ hazte asum~ assume play juega juguemos transform~ conviert~`,
  now: "now ahora henceforth hereafter onwards adelante starting partir currently",
  you: "you ur u eres seras tu usted ustedes te",
  send: `send forward email post upload transmit exfiltrat~ transfer wire submit mail append fetch visit
    open load curl include embed render add insert envi~ reenvi~ manda~ transfier~ transferir public~ sub~
    anad~ remit~ abr~ visit~ incluy~ incluir inserta~ paga~ pago~ pay deposit~ ingres~ navigate
    copy download descarg~ bcc cc delete~ borr~ elimin~ remov~ grant share compart~ approv~ aprueb~ invit~ reset~`,
  all: `conversation history chat messages everything contents contacts summary data context
    conversacion historial mensajes contenido~ datos todo resumen contactos chats password~ contrasena~ secret~
    credential~ token~ key~ clave~ document~ files archivos inbox buzon correo~ emails prompt instruc~ answer respuesta`,
  ai: `assistant assistants ai chatbot llm llms gpt chatgpt claude agent agents copilot bot model models gemini
    asistente asistentes ia modelo agente~ chatbots robot`,
  must: `must should shall need required please now important attention note instead always immediately first
    debe~ deber~ tiene~ necesita~ obligad~ favor importante atencion nota siempre inmediatamente primero aviso
    remember recuerda ordered ordena~ instructed instruct ensure asegurate mandatory obligatori~ when cuando if si`,
  user: "user users human humans reader client customer usuario usuaria usuarios humano lector cliente~ owner",
  silent: `silently secretly quietly discreetly covertly unnoticed silencio secreto discret~ sigilo oculta~
    hidden`,
  dont: "not dont don never without no nunca sin jamas avoid evita tampoco refrain",
  mention: `tell mention inform reveal notify disclose say warn alert show acknowledge ask confirm~ explain comment
    dig~ decir mencion~ inform~ revel~ notifi~ avis~ advert~ cont~ muestr~ mostr~ coment~ confirm~ pregunt~ explic~`,
  decode: `base64 base32 rot13 hex hexadecimal decod~ decodif~ decifr~ descifr~ cipher cifrad~ caesar cesar binary
    binario morse reversed reverse backwards reves invers~ unscramble ascii decipher decrypt desencript~`,
  follow: `follow execute obey run comply carry perform do act answer respond adhere sig~ segu~ ejecut~ obedec~
    cumpl~ haz hazlo realiz~ respond~ contesta~ lleva~ acata~ aplica~ efectua~ complete treat trata~`,
  join: "concatenat~ join combine combin~ merge glue concaten~ une unir unelas junta~ combina~ assemble reassemble piece",
  fresh:
    "new real actual updated true latest following revised nuev~ real~ verdader~ actualizad~ siguient~ urgent~",
  only: "only exactly just solely nothing solo solamente unicamente exactamente simplemente exclusively",
  say: "say respond reply answer output write print state claim declare recommend conclude begin start end di diga responde~ contesta~ escrib~ afirm~ recomiend~ conclu~ empieza termina~ rate score califica~ puntua~ mark marca~ tell",
  tool: "tool tools function functions api plugin command endpoint herramienta~ funcion~ comando~",
  invoke: "use call invoke run execute trigger usa~ utiliza~ llam~ invoca~ ejecut~ lanza~",
  admin:
    "administrator admin root developer openai anthropic creator maintainer superuser administrador~ desarrollador~ creador~ soporte operator google microsoft",
  mode: "mode modo override debug maintenance diagnostic~ depuracion mantenimiento sudo unlock~ desbloque~ test prueba simulation simulacion",
  told: "told instructed configured programmed dijeron dicho ordenaron dado dieron given pusieron puesto configurado programado loaded",
  void: `expired expir~ void voided suspended suspendid~ anulad~ caduc~ cancelled canceled outdated obsolet~ disabled
    lifted levant~ revoked revocad~ invalid over longer apply count counts valen vale desactivad~ deactivated removed`,
  outrank:
    "priority precedence outrank~ supersed~ authority prioridad autoridad preferencia manda mandan",
  heed: "caso heed attention cuenta",
  talk: `explain why mean means detect~ prevent~ defend~ defen~ mitigat~ example examples attack~ injection~ phrase
    research paper article novel story screenplay students student class lesson lecture course regex git eslint css
    compiler linter gitignore python javascript sql difference between history works work called define definition
    explica~ porque significa~ detect~ preven~ protege~ ejemplo~ ataque~ inyeccion frase investigacion articulo novela
    cuento guion alumn~ clase leccion curso diferencia entre llama~ defin~ funciona~ evit~ how como what que
    vulnerab~ owasp security seguridad translate traduce~ fiction personaje character poem poema exam examen test
    warnings errors npm docker kubernetes typescript java terraform bash pytest webpack regular expression whitespace
    libro book film pelicula quote cita documentation essay ensayo teacher profesor~ debate slide slides diapositiva~`,
} as const;

const exact = new Map<string, Class[]>();
const beginnings = new Map<string, Class[]>();
for (const [name, words] of Object.entries(CLASSES)) {
  for (const word of words.split(/\s+/)) {
    const table = word.endsWith("~") ? beginnings : exact;
    const key = word.replace("~", "");
    table.set(key, [...(table.get(key) ?? []), name as Class]);
  }
}

/** First letters, which few words share with any of the beginnings. */
const starts = new Set(Array.from(beginnings.keys(), (beginning) => beginning.slice(0, 3)));

const NONE: readonly Class[] = [];

/** The classes of a word as it is written, without accents and in small letters. */
export function classesOf(word: string): readonly Class[] {
  if (word.length > 24) return NONE;
  const found = exact.get(word);
  if (!starts.has(word.slice(0, 3))) return found ?? NONE;
  let more: Class[] | undefined;
  for (let length = Math.min(word.length, 12); length > 2; length--) {
    const classes = beginnings.get(word.slice(0, length));
    if (classes) more = [...(more ?? []), ...classes];
  }
  if (!more) return found ?? NONE;
  return found ? [...found, ...more] : more;
}

/** Misspelt words are looked up by what is left when one letter is taken away (as in SymSpell). */
const misspelt = new Map<string, string>();
const FUZZY: readonly Class[] = [
  ...(["ignore", "prior", "orders", "reveal", "secret", "prompt", "act", "persona"] as const),
  ...(["ai", "send", "user", "follow"] as const),
];
for (const name of FUZZY) {
  for (const written of CLASSES[name].split(/\s+/)) {
    const word = written.replace("~", "");
    if (word.length < 6) continue;
    for (const less of lessOne(word)) if (!exact.has(less)) misspelt.set(less, word);
  }
}
/** What is most often taken for granted to be spelt right, as whole words. */
for (const word of [
  ...["instructions", "previous", "ignore", "disregard", "system", "password", "secret", "prompt"],
  ...["instrucciones", "anteriores", "ignora", "previas", "sistema", "contrasena", "asistente"],
  ...["assistant", "restrictions", "restricciones", "reveal", "guidelines", "directrices"],
]) {
  for (const less of lessOne(word)) if (!exact.has(less)) misspelt.set(less, word);
}

function lessOne(word: string): string[] {
  return [word, ...Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1))];
}

/** The known word that this one differs from by one letter more, less, other, or two swapped. */
export function corrected(word: string): string | undefined {
  if (word.length < 5 || word.length > 16) return undefined;
  for (const less of lessOne(word)) {
    const known = misspelt.get(less);
    if (known && Math.abs(known.length - word.length) <= 1) return known;
  }
  return undefined;
}

/** Length of the longest known word or beginning of one at a place, 0 where there is none. */
export function lengthAt(letters: string, at: number): number {
  for (let length = Math.min(14, letters.length - at); length > 2; length--) {
    const part = letters.slice(at, at + length);
    if (exact.has(part) || beginnings.has(part)) return length;
  }
  return 0;
}
