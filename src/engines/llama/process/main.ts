/**
 * The model process: loads a file, and answers calls until the server that started it is gone. It
 * runs apart from the server, since an abort inside the native library ends the process that it
 * happens in; what it must not lose is therefore in the server.
 */
import { openLlama } from "./opened.ts";
import { serve } from "./serve.ts";

serve(openLlama);
