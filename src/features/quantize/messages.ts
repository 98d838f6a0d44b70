/** What `charla quantize` says, in both languages of the terminal. */

const en = {
  about: "write a model's file in a smaller type, and measure what that costs",
  in: "a GGUF file, best of type F16, BF16 or F32",
  out: "the file to write",
  type: "{types}",
  report: "measure size, speed and perplexity before and after on this text",
  allowRequantize: "also take a file that is quantised already, at a loss",
  force: "replace the file to write",
  json: "print JSON",
  exampleIn: "model-f16.gguf",
  exampleOut: "model-q4.gguf",
  exampleText: "text.txt",
  quantising: "quantising",
  measuring: "Measuring both files; a long text takes a while.",
  written: "{output} is written: {type}, {after}, {percent} % of the {before} before.",
  fallbacks:
    "Rows of {fallbacks} of the {converted} converted tensors do not fit {type}; they have another type of about its size.",
  columns: ["BEFORE", "AFTER", "CHANGE"],
  size: "Size",
  perplexity: "Perplexity",
  speed: "Tokens/s",
  legend: "Perplexity over {tokens} tokens: lower is better; ± is one standard error.",
};

const es: typeof en = {
  about: "escribe el archivo de un modelo en un tipo más pequeño y mide lo que cuesta",
  in: "un archivo GGUF, mejor de tipo F16, BF16 o F32",
  out: "el archivo que se escribe",
  type: "{types}",
  report: "mide tamaño, velocidad y perplejidad antes y después con este texto",
  allowRequantize: "acepta también un archivo ya cuantizado, con pérdida",
  force: "sustituye el archivo que se escribe",
  json: "imprime JSON",
  exampleIn: "modelo-f16.gguf",
  exampleOut: "modelo-q4.gguf",
  exampleText: "texto.txt",
  quantising: "cuantizando",
  measuring: "Se miden los dos archivos; un texto largo tarda un rato.",
  written: "{output} está escrito: {type}, {after}, el {percent} % de los {before} de antes.",
  fallbacks:
    "Las filas de {fallbacks} de los {converted} tensores convertidos no encajan en {type}; tienen otro tipo de tamaño parecido.",
  columns: ["ANTES", "DESPUÉS", "CAMBIO"],
  size: "Tamaño",
  perplexity: "Perplejidad",
  speed: "Tokens/s",
  legend: "Perplejidad sobre {tokens} tokens: menos es mejor; ± es un error estándar.",
};

export const messages = { en, es };
