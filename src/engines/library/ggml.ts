/**
 * Number formats of model weights, as llama.cpp numbers them.
 * Source: `enum ggml_type` and `enum llama_ftype` of llama.cpp, and the sizes of its blocks.
 */

/** By `ggml_type`: numbers in a block, bytes of a block, name. */
export const TENSOR_TYPES: Readonly<Record<number, readonly [number, number, string]>> = {
  0: [1, 4, "F32"],
  1: [1, 2, "F16"],
  2: [32, 18, "Q4_0"],
  3: [32, 20, "Q4_1"],
  6: [32, 22, "Q5_0"],
  7: [32, 24, "Q5_1"],
  8: [32, 34, "Q8_0"],
  10: [256, 84, "Q2_K"],
  11: [256, 110, "Q3_K"],
  12: [256, 144, "Q4_K"],
  13: [256, 176, "Q5_K"],
  14: [256, 210, "Q6_K"],
  16: [256, 66, "IQ2_XXS"],
  17: [256, 74, "IQ2_XS"],
  18: [256, 98, "IQ3_XXS"],
  19: [256, 50, "IQ1_S"],
  20: [32, 18, "IQ4_NL"],
  21: [256, 110, "IQ3_S"],
  22: [256, 82, "IQ2_S"],
  23: [256, 136, "IQ4_XS"],
  29: [256, 56, "IQ1_M"],
  30: [1, 2, "BF16"],
  39: [32, 17, "MXFP4"],
};

/** By `llama_ftype`. */
export const FILE_TYPES: Readonly<Record<number, string>> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  7: "Q8_0",
  8: "Q5_0",
  9: "Q5_1",
  10: "Q2_K",
  11: "Q3_K_S",
  12: "Q3_K_M",
  13: "Q3_K_L",
  14: "Q4_K_S",
  15: "Q4_K_M",
  16: "Q5_K_S",
  17: "Q5_K_M",
  18: "Q6_K",
  25: "IQ4_NL",
  30: "IQ4_XS",
  32: "BF16",
  38: "MXFP4",
};
