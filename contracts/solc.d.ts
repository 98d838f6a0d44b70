/** The part of the compiler's wrapper that is used; the package has no types. */
declare module "solc" {
  const solc: {
    /** Takes and gives the compiler's standard JSON. */
    compile(input: string): string;
  };
  export default solc;
}
