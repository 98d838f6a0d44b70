/** What is used of viem; the entry of the add-on gives out the same. */
export * as viem from "viem";
export * as accounts from "viem/accounts";
