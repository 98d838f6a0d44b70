/**
 * The model process for exported models: all that the other one does (slots, sampling, grammars, states), with
 * ONNX Runtime to compute.
 */
import { serve } from "../llama/process/serve.ts";
import { openOnnx } from "./opened.ts";

serve(openOnnx);
