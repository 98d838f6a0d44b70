/** What goes wrong with tools, as their person is told. */
import { CharlaError } from "../../core/errors.ts";

export function approvalNotFound(): CharlaError {
  return new CharlaError("approval_not_found", {
    status: 404,
    message: "There is no such call that waits.",
    hint: "Load the chat again; a call waits for some hours and no longer.",
  });
}

export function approvalDecided(): CharlaError {
  return new CharlaError("approval_decided", {
    status: 409,
    message: "This call was decided already.",
    hint: "Load the chat again to see what came of it.",
  });
}

export function approvalOpen(): CharlaError {
  return new CharlaError("approval_open", {
    status: 409,
    message: "A call of this answer waits for you.",
    hint: "Allow it or refuse it, and the answer goes on.",
  });
}

/** @param other a model of this installation whose template knows tools */
export function toolsNeedModel(model: string, other: string | undefined): CharlaError {
  if (other !== undefined) {
    return new CharlaError("tools_need_model", {
      status: 400,
      param: "tools",
      message: "The model {model} cannot use tools: its chat template knows none.",
      hint: "Choose {other} for this chat, or switch its tools off.",
      params: { model, other },
    });
  }
  return new CharlaError("tools_need_another", {
    status: 400,
    param: "tools",
    message: "The model {model} cannot use tools, and none of this installation can.",
    hint: "Download one that can, such as Qwen3 4B, or switch the tools of this chat off.",
    params: { model },
  });
}
