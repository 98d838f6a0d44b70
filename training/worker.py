"""The training worker of Charla: one process, one task, JSON lines in and out.

The first line on standard input is the task. Before each piece of work the worker prints
{"type": "turn"} and waits for a line: "go", or "stop", after which it saves a checkpoint and ends.
It ends with its parent, asks no network, and writes nothing but its checkpoint and its result.
"""

import json
import os
import sys
import traceback

import together

# A copy of the real output: whatever a library prints goes to standard error.
OUT = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
os.dup2(2, 1)
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
os.environ.update(TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1")
# Text goes through pipes whatever the system's own code page is.
sys.stdin.reconfigure(encoding="utf-8")


class Refused(Exception):
    """What a person can do something about. `code` is known to `errors.ts`."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


class Stopped(Exception):
    pass


def tell(kind, **fields):
    if together.FIRST:
        print(json.dumps({"type": kind, **fields}), file=OUT, flush=True)


def ask():
    """Lets those who chat go first. Whoever began this may have ended meanwhile."""
    tell("turn")
    line = sys.stdin.readline()
    if line == "":
        os._exit(1)
    if line.strip() == "stop":
        raise Stopped()


def turn():
    """The same for all that train together."""
    if together.SIZE == 1:
        ask()
        return
    stop = False
    if together.FIRST:
        try:
            ask()
        except Stopped:
            stop = True
    if together.shared(stop):
        raise Stopped()


def check():
    import torch
    import accelerate, gguf, peft, safetensors, transformers

    packages = (torch, transformers, peft, accelerate, safetensors, gguf)
    versions = {one.__name__: getattr(one, "__version__", "?") for one in packages}
    cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name(0) if cuda else "cpu"
    tell("checked", versions=versions, cuda=cuda, device=device, python=sys.version.split()[0])


def main():
    task = json.loads(sys.stdin.readline()) if together.FIRST else None
    # Those who chat come before whoever trains.
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        together.join()
        task = together.shared(task)
        if task["do"] == "check":
            check()
            return
        import tune

        (tune.tokens if task["do"] == "tokens" else tune.train)(task, tell, turn)
        together.leave()
    except Stopped:
        tell("stopped")
    except Refused as refused:
        tell("failed", code=refused.code, params=refused.params)
    except MemoryError:
        tell("failed", code="training_memory", params={})
    except Exception as error:
        traceback.print_exc()
        memory = type(error).__name__ == "OutOfMemoryError" or "alloc" in str(error)[:200]
        code = "training_memory" if memory else "training_failed"
        detail = f"{type(error).__name__}: {error}"[:300]
        tell("failed", code=code, params={"detail": detail})


if __name__ == "__main__":
    # Imported by the other files under this name.
    sys.modules["worker"] = sys.modules["__main__"]
    main()
