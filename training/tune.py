"""LoRA on the model that is served: its GGUF file in 32-bit floats, trained on the answers alone."""

import hashlib
import json
import math
import os
import time

import torch
from gguf import GGUFReader
from torch.nn.functional import cross_entropy, log_softmax

import adapter
import prefer
import together
from answers import Answers, validate
from soft import Soft
from texts import Writer
from worker import Refused, Stopped, ask

# Of a place, for the comparison with the engine: how many of the likeliest tokens are told.
LIKELIEST = 64
# What is lost at most when the worker is killed.
KEEP_SECONDS = 300
# Places that are compared at least, if there are so many.
COMPARED = 320
# Chats that it has learned from, of which is asked how much comes out word for word.
LOOKED_BACK = 40


def header(path, *keys):
    """Values of a GGUF file's header; None where it has none."""
    reader = GGUFReader(path)
    fields = [reader.get_field(key) for key in keys]
    return [None if field is None else field.contents() for field in fields]


def load(path):
    """@returns tokenizer, model; the model as if it had never been quantised"""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = {"pretrained_model_name_or_path": os.path.dirname(path)}
    file = {"gguf_file": os.path.basename(path)}
    tokenizer = AutoTokenizer.from_pretrained(**place, **file)
    read = AutoModelForCausalLM.from_pretrained(**place, **file, dtype=torch.float32)
    config = read.config
    # Marked as quantised it could neither be trained nor saved.
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    config.use_cache = False
    model = type(read)(config)
    model.load_state_dict(read.state_dict())
    return tokenizer, model


class Base:
    """Forward passes over rows of several texts, which see nothing of each other."""

    def __init__(self, model, device, settings=None):
        self.model = model
        self.soft = Soft(settings or {})
        self.device = device
        config = model.config
        self.cap = getattr(config, "final_logit_softcapping", None)

    def inner(self):
        base = self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        return base

    def hidden(self, row):
        """Before the output matrix, [tokens, width]."""
        text = torch.tensor(row.text, device=self.device)
        length = len(row.tokens)
        seen = (text[:, None] == text[None, :]).tril()
        mask = torch.zeros(length, length, device=self.device).masked_fill(~seen, -torch.inf)
        given = {
            "input_ids": torch.tensor([row.tokens], device=self.device),
            "position_ids": torch.tensor([row.place], device=self.device),
            "attention_mask": mask[None, None],
            "use_cache": False,
        }
        return self.inner().model(**given).last_hidden_state[0]

    def logits(self, hidden):
        logits = self.inner().get_output_embeddings()(hidden)
        return torch.tanh(logits / self.cap) * self.cap if self.cap else logits

    def loss(self, row):
        """@returns the sum over the answers' tokens, and how many these are"""
        answer = torch.tensor(row.answer[1:], device=self.device)
        wanted = torch.tensor(row.tokens[1:], device=self.device)[answer]
        if wanted.numel() == 0:
            return None, 0
        # The output matrix is a fifth of a small model's work, and prompts need none of it.
        logits = self.logits(self.hidden(row)[:-1][answer])
        words = cross_entropy(logits, wanted, reduction="none")
        return self.soft.loss(words, logits, row.likely, self.model.training), wanted.numel()


class Checkpoint:
    """Of one run: its weights, the best so far, and where it is. Of other settings it is none."""

    def __init__(self, path, task):
        self.path = path
        settled = {key: task[key] for key in ("settings", "train", "validation", "digest", "method") if key in task}
        self.key = hashlib.sha256(json.dumps(settled, sort_keys=True).encode()).hexdigest()

    def read(self):
        if not os.path.exists(self.path):
            return None
        try:
            state = torch.load(self.path, weights_only=True)
        except Exception:
            return None
        return state if state.get("key") == self.key else None

    def write(self, **state):
        torch.save({"key": self.key, **state}, f"{self.path}.part")
        os.replace(f"{self.path}.part", self.path)


def weights_of(model):
    return {name: one.detach().clone() for name, one in model.named_parameters() if one.requires_grad}


def set_weights(model, weights):
    with torch.no_grad():
        for name, one in model.named_parameters():
            if name in weights:
                one.copy_(weights[name])


def rate_at(step, steps, settings):
    """Warm-up, then down to nothing along a cosine."""
    warm = max(1, round(settings["warmup"] * steps))
    if step < warm:
        return settings["rate"] * (step + 1) / warm
    return settings["rate"] * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def with_lora(model, settings):
    from peft import LoraConfig, get_peft_model

    linear = {name.rsplit(".", 1)[-1] for name, one in model.model.named_modules()
              if isinstance(one, torch.nn.Linear)}
    targets = settings.get("targets") or sorted(linear)
    if not set(targets) <= linear:
        raise Refused("training_target", detail=", ".join(sorted(set(targets) - linear)))
    config = LoraConfig(
        r=settings["rank"], lora_alpha=settings["alpha"], lora_dropout=settings["dropout"],
        target_modules=targets, task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def tokens(task, tell, turn):
    """The chats as they would be learned: to ask somebody else about them."""
    from transformers import AutoTokenizer

    path = task["base"]
    (opens,) = header(path, "tokenizer.ggml.add_bos_token")
    turn()
    tokenizer = AutoTokenizer.from_pretrained(os.path.dirname(path), gguf_file=os.path.basename(path))
    writer = Writer(tokenizer, [tokenizer.bos_token_id] if opens else [])
    for chat in task["train"]:
        one = writer.example(chat["messages"], task["settings"]["length"])
        tell("tokens", id=chat["id"], tokens=one.tokens, answer=[int(is_) for is_ in one.answer])


def train(task, tell, turn):
    settings = task["settings"]
    torch.manual_seed(settings["seed"])
    threads = settings.get("threads") or (together.SIZE > 1 and max(1, (os.cpu_count() or 1) // together.SIZE))
    if threads:
        torch.set_num_threads(threads)
    architecture, opens = header(
        task["base"], "general.architecture", "tokenizer.ggml.add_bos_token"
    )
    if architecture not in adapter.ARCHITECTURES:
        raise Refused("training_architecture", architecture=architecture)
    device = together.device()
    tell("loading", device=device)
    turn()
    tokenizer, model = load(task["base"])
    writer = Writer(tokenizer, [tokenizer.bos_token_id] if opens else [])
    method = task.get("method", "sft")
    model = with_lora(model, settings).to(device)
    base = Base(model, device, settings)
    given = (base, writer, task["train"], task["validation"], settings)
    work = Answers(*given) if method == "sft" else prefer.Preferences(*given, method)
    if not work.learned or not work.held:
        raise Refused("training_no_answers")
    batch = settings["batch"]
    per_epoch = math.ceil(len(work.rows(0)) / batch)
    steps = settings["steps"] or math.ceil(per_epoch * settings["epochs"])
    every = settings["every"] or max(1, per_epoch // 2)
    tell("ready", device=device, steps=steps, every=every, cut=work.cut, tokens=work.tokens,
         answerTokens=work.answers,
         parameters=sum(one.numel() for one in model.parameters() if one.requires_grad))

    weights = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings["rate"], weight_decay=settings["decay"])
    checkpoint = Checkpoint(task["checkpoint"], task)
    state = checkpoint.read()
    validation = work.validation()
    work.prepare(turn)
    if state:
        set_weights(model, state["weights"])
        optimizer.load_state_dict(state["optimizer"])
        step, best, best_step, bad = state["step"], state["best"], state["best_step"], state["bad"]
        best_weights, measured = state["best_weights"], state["measured"]
        torch.set_rng_state(state["random"])
        work.restore(state["work"])
        tell("resumed", step=step)
    else:
        step, bad, best_step, best_weights, measured = 0, 0, 0, weights_of(model), -1
        best = math.inf

    kept = time.monotonic()

    def keep():
        nonlocal kept
        kept = time.monotonic()
        if not together.FIRST:
            return
        checkpoint.write(
            weights=weights_of(model), optimizer=optimizer.state_dict(), step=step, best=best,
            best_step=best_step, bad=bad, best_weights=best_weights, measured=measured,
            random=torch.get_rng_state(), work=work.state(),
        )
        tell("checkpoint", step=step)

    rows_of = {}
    model.train()
    stopped_early = False
    try:
        while True:
            if measured < step and (step % every == 0 or step >= steps):
                loss = validate(base, work, validation, turn)
                measured = step
                if loss < best - 1e-4:
                    best, best_step, bad, best_weights = loss, step, 0, weights_of(model)
                else:
                    bad += 1
                tell("validation", step=step, loss=loss, perplexity=math.exp(min(loss, 50)),
                     **base.soft.measured())
                keep()
                if bad >= settings["patience"]:
                    stopped_early = step < steps
                    break
            if step >= steps:
                break
            epoch, at = divmod(step, per_epoch)
            if epoch not in rows_of:
                rows_of = {epoch: work.rows(settings["seed"] + epoch)}
            rows = rows_of[epoch][at * batch : (at + 1) * batch]
            # Packing anew may need a row less.
            rows = rows or rows_of[epoch][-batch:]
            began, waited = time.monotonic(), 0.0
            count = sum(work.count(row) for row in rows)
            total = 0.0
            for row in together.own(rows):
                before = time.monotonic()
                turn()
                waited += time.monotonic() - before
                loss, tokens = work.loss(row) if row else (None, 0)
                if tokens:
                    (loss / count).backward()
                    total += loss.item()
            (total,) = together.summed(total)
            together.sum_gradients(weights)
            if not math.isfinite(total):
                raise Refused("training_diverged", step=step)
            norm = torch.nn.utils.clip_grad_norm_(weights, 1.0)
            rate = rate_at(step, steps, settings)
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            tell("step", step=step, loss=total / max(1, count), rate=rate, norm=float(norm),
                 tokens=sum(work.length(row) for row in rows),
                 seconds=time.monotonic() - began - waited)
            if time.monotonic() - kept > KEEP_SECONDS:
                keep()
    except Stopped:
        keep()
        raise
    set_weights(model, best_weights)
    model.eval()
    if together.FIRST:
        finish(task, base, architecture, writer, tell, ask)
    tell("done", steps=step, best=best_step, loss=best, early=stopped_early, perplexity=math.exp(min(best, 50)))


def finish(task, base, architecture, writer, tell, turn):
    model, settings = base.model, task["settings"]
    weights = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A") and "default" in module.lora_A:
            own = name.removeprefix("base_model.model.")
            pair = (module.lora_A["default"].weight, module.lora_B["default"].weight)
            weights[own] = tuple(one.detach().cpu().float().numpy() for one in pair)
    adapter.write(task["out"], task["name"], architecture, model.config, weights, settings["alpha"])
    # What the engine is compared with, by tokens, so that nothing hangs on how a text is cut.
    told = 0
    for chat in task["validation"]:
        if told >= COMPARED:
            break
        turn()
        one = writer.example(chat["messages"], settings["length"])
        tokens = one.tokens[:256]
        if len(tokens) < 2:
            continue
        with torch.no_grad():
            tuned = likeliest(base, tokens)
            with model.disable_adapter():
                plain = likeliest(base, tokens)
        tell("reference", tokens=tokens, tuned=tuned, base=plain)
        told += len(tokens) - 1
    for chat in task["train"][:LOOKED_BACK]:
        if not chat.get("bad"):
            one = writer.example(chat["messages"], settings["length"])
            tell("learned", tokens=one.tokens, answer=[int(is_) for is_ in one.answer])
    for probe in task.get("probes", []):
        one = writer.example(probe["messages"], settings["length"])
        tell("probe", at=probe["at"], seen=probe["seen"], tokens=one.tokens,
             answer=[int(is_) for is_ in one.answer])
    # The test set is only written down, never read by the model here.
    for at, chat in enumerate(task["test"]):
        if task.get("method", "sft") != "sft":
            for judged in prefer.told(writer, chat, settings):
                tell("test", at=at, **judged)
            continue
        one = writer.example(chat["messages"], settings["length"])
        tell("test", at=at, tokens=one.tokens, answer=[int(is_) for is_ in one.answer])


def likeliest(base, tokens):
    from texts import Row

    row = Row(tokens, [False] * len(tokens), [0] * len(tokens), list(range(len(tokens))))
    top = log_softmax(base.logits(base.hidden(row)[:-1]).float(), dim=-1).topk(min(LIKELIEST, base.model.config.vocab_size))
    return [
        [[token, round(value, 6)] for token, value in zip(ids, values)]
        for ids, values in zip(top.indices.tolist(), top.values.tolist())
    ]
