/** The built-in sets by name, apart from their texts, so that the page need not carry those. */
export const BUILT_IN = ["own-questions", "own-chats"] as const;
export type BuiltIn = (typeof BUILT_IN)[number];
