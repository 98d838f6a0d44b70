/** Code as a file, named by its language. */

const ENDINGS: Record<string, string> = {
  ...{ bash: "sh", console: "sh", csharp: "cs", "c#": "cs", "c++": "cpp", golang: "go" },
  ...{ haskell: "hs", javascript: "js", julia: "jl", kotlin: "kt", latex: "tex", markdown: "md" },
  ...{ perl: "pl", powershell: "ps1", python: "py", ruby: "rb", rust: "rs", shell: "sh" },
  ...{ solidity: "sol", text: "txt", typescript: "ts", zsh: "sh" },
};

export function nameOf(language: string): string {
  const name = language.toLowerCase();
  if (name === "dockerfile" || name === "docker") return "Dockerfile";
  const ending = ENDINGS[name] ?? name;
  return /^[a-z0-9]{1,10}$/.test(ending) ? `code.${ending}` : "code.txt";
}

export function saveCode(text: string, language: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  link.download = nameOf(language);
  link.click();
  URL.revokeObjectURL(link.href);
}
