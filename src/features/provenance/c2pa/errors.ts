/** What the label refuses. */
import { CharlaError } from "../../../core/errors.ts";

export function otherText(): CharlaError {
  return new CharlaError("label_other_text", {
    status: 409,
    message: "This text is not the one that the receipt is about, so it gets no signed label.",
    hint: "Copy the answer as it was written, or copy it with the label that is not signed.",
  });
}

export function certificateUnusable(file: string, reason: string): CharlaError {
  return new CharlaError("certificate_unusable", {
    status: 500,
    message: "The certificate {file} cannot sign labels: {reason}.",
    hint: "The policy names it in [provenance.certificate]: a PEM file of a P-256 certificate for document signing, and its private key.",
    params: { file, reason },
  });
}
