/** What the file on a run says, in both languages. */

const en = {
  title: "Report on a training run: {name}",
  lead: "Made by Charla {version} on {at} from what is stored of run {id}. It holds no text of a chat.",
  who: "Who is in the data",
  grounds: {
    own: "Ground, as whoever began the run has said: their own chats.",
    agreed: "Ground, as whoever began the run has said: chats of people who have agreed to this.",
    public:
      "Ground, as whoever began the run has said: public or made up, about nobody in particular.",
    none: "Ground: nothing was said when the run was begun.",
  },
  stored: "Chats that are stored here: {storedChats}; {fromStored} of the texts are of them.",
  files: "Texts out of files that name no chat: {fromFiles}.",
  erased: "Chats that were learned from and erased since: {erased}.",
  noErased: "Of the chats that were learned from none was erased since.",
  masked: "Personal data was masked in {masked} messages.",
  unmasked: "Personal data was not masked.",
  placeholders: "Different placeholders in place of it",
  kind: "Kind",
  count: "Number",
  keeping:
    "The chats are kept sealed with their owner's key, until the run is deleted. Whoever erases a stored chat takes it out of the run; out of the weights nothing can be taken, only trained again.",
  data: "The data",
  files2: "File",
  digest: "SHA-256",
  all: "All that was learned from and tested on",
  how: "How it was trained",
  setting: "Setting",
  value: "Value",
  outcome: "What came of it",
  none: "There is no result: the run is {state}.",
  made: "What was made of what",
  base: "Model {model}",
  adapter: "Adapter {adapter}",
  mergedFile: "Merged file {file} ({type}): its header names this run",
  bias: "Bias before and after",
  noBias:
    "It was not measured since the run ended. The page does so under Training, Look closer; in the terminal: charla eval bias --model {model} --model {model}+{adapter}",
  measuredAt: "Measured on {at}.",
  limits: "What it does not show",
  limitsText:
    "That a word is not said in this test does not mean that it cannot be drawn out. Placeholders stand for data of fixed formats; names and what only those involved understand may still be in the texts. Whether the ground holds is for people to judge.",
};

const es: typeof en = {
  title: "Informe de un entrenamiento: {name}",
  lead: "Hecho por Charla {version} el {at} a partir de lo guardado del entrenamiento {id}. No contiene texto de ningún chat.",
  who: "Quién está en los datos",
  grounds: {
    own: "Base, según quien lo empezó: sus propios chats.",
    agreed: "Base, según quien lo empezó: chats de personas que están de acuerdo.",
    public: "Base, según quien lo empezó: públicos o inventados, de nadie en particular.",
    none: "Base: no se dijo nada al empezar el entrenamiento.",
  },
  stored: "Chats guardados aquí: {storedChats}; de ellos son {fromStored} de los textos.",
  files: "Textos de archivos que no nombran chats: {fromFiles}.",
  erased: "Chats de los que aprendió y que se han eliminado desde entonces: {erased}.",
  noErased: "De los chats de los que aprendió no se ha eliminado ninguno desde entonces.",
  masked: "Se ocultaron datos personales en {masked} mensajes.",
  unmasked: "No se ocultaron datos personales.",
  placeholders: "Marcas distintas en su lugar",
  kind: "Clase",
  count: "Número",
  keeping:
    "Los chats se guardan cifrados con la clave de su dueño hasta que se elimina el entrenamiento. Quien elimina un chat guardado lo saca de él; de los pesos no se puede sacar nada, solo volver a entrenar.",
  data: "Los datos",
  files2: "Archivo",
  digest: "SHA-256",
  all: "Todo aquello de lo que aprendió y con lo que se probó",
  how: "Cómo se entrenó",
  setting: "Ajuste",
  value: "Valor",
  outcome: "Qué resultó",
  none: "No hay resultado: el entrenamiento está {state}.",
  made: "Qué se hizo de qué",
  base: "Modelo {model}",
  adapter: "Adaptador {adapter}",
  mergedFile: "Archivo unido {file} ({type}): su cabecera nombra este entrenamiento",
  bias: "Sesgo antes y después",
  noBias:
    "No se ha medido desde que terminó el entrenamiento. En la página se hace en Entrenamiento, Mirar más de cerca; en la terminal: charla eval bias --model {model} --model {model}+{adapter}",
  measuredAt: "Medido el {at}.",
  limits: "Lo que no muestra",
  limitsText:
    "Que algo no salga en esta prueba no significa que no se pueda sacar. Las marcas sustituyen datos de formato fijo; los nombres y lo que solo entienden los implicados pueden seguir en los textos. Si la base es válida lo tienen que juzgar personas.",
};

export const reportWords = { en, es };
