/**
 * `node contracts/compile.ts && npm run format`: compiles `Anchor.sol` by the pinned `solc` into a file
 * that is checked in, so that nobody needs a compiler to deploy; a test compiles again and compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import solc from "solc";

interface Output {
  readonly errors?: readonly { readonly formattedMessage: string }[];
  readonly contracts: Record<string, Record<string, Contract>>;
}
interface Contract {
  readonly abi: unknown;
  readonly evm: { readonly bytecode: Code; readonly deployedBytecode: Code };
}
interface Code {
  readonly object: string;
  /** Where the operator's address stands in the code, which is known only once it is deployed. */
  readonly immutableReferences?: Record<string, readonly { start: number; length: number }[]>;
}

const SOURCE = new URL("Anchor.sol", import.meta.url);
const COMPILED = new URL("../src/features/provenance/anchor/compiled.ts", import.meta.url);

export function compile() {
  const settings = {
    // As many runs as anchors are worth: the calls are what is paid for again and again.
    optimizer: { enabled: true, runs: 10_000 },
    evmVersion: "paris",
    outputSelection: { "*": { Anchor: ["abi", "evm.bytecode", "evm.deployedBytecode"] } },
  };
  const sources = { "Anchor.sol": { content: readFileSync(SOURCE, "utf8") } };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const { errors, contracts } = JSON.parse(solc.compile(input)) as Output;
  if (errors) throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
  const contract = contracts["Anchor.sol"]?.Anchor;
  if (!contract) throw new Error("The compiler gave no contract");
  const { bytecode, deployedBytecode } = contract.evm;
  const operatorAt = Object.values(deployedBytecode.immutableReferences ?? {}).flat();
  return {
    ABI: contract.abi,
    BYTECODE: `0x${bytecode.object}`,
    DEPLOYED: `0x${deployedBytecode.object}`,
    /** Bytes from the beginning of DEPLOYED. */
    OPERATOR_AT: operatorAt.map(({ start }) => start),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const head =
    "/** What `contracts/compile.ts` made of `contracts/Anchor.sol`; not written by hand. */\n";
  const lines = Object.entries(compile()).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)} as const;\n`,
  );
  writeFileSync(COMPILED, head + lines.join(""));
}
