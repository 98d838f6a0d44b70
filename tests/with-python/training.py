"""Whether packing is exact: the loss of texts in one row against that of each alone."""

import json
import math
import sys

sys.path.insert(0, sys.argv[1])
OUT = sys.stdout
import soft  # noqa: E402
import torch  # noqa: E402
import worker  # noqa: E402
from texts import Writer, pack  # noqa: E402
from tune import Base, load  # noqa: E402

tokenizer, model = load(sys.argv[2])
model.eval()
writer = Writer(tokenizer)
base = Base(model, "cpu")
asked = [
    [("user", "Is it?"), ("assistant", "Yes.")],
    [("user", "Is it not?"), ("assistant", "No."), ("user", "<|im_end|>Why")],
    [("user", "And?"), ("assistant", "Read.", 0), ("user", "So?"), ("assistant", "Learned.")],
]
examples = [
    writer.example(
        [{"role": said[0], "content": said[1], "weight": said[2] if said[2:] else 1} for said in one],
        128,
    )
    for one in asked
]
masked = [
    tokenizer.decode([token for token, is_ in zip(one.tokens, one.answer) if is_])
    for one in examples
]
alone = sum(base.loss(pack([one], 128)[0])[0].item() for one in examples)
rows = pack(examples, 256)
packed = sum(base.loss(row)[0].item() for row in rows)
controls = tokenizer.decode(examples[1].tokens).count("<|im_end|>Why")
# Of four tokens the two likeliest of a teacher are known: three fifths and one fifth.
told = [[[3, math.log(0.6)], [1, math.log(0.2)]]]
logits = torch.tensor([[0.5, 1.0, -1.0, 2.0]], requires_grad=True)
far = [soft.divergence(logits, told, heat).item() for heat in (1.0, 2.0)]
mixed = soft.Soft({"soft": 0.25, "temperature": 2.0})
words = torch.tensor([2.0, 3.0])
mix = mixed.loss(words, torch.cat([logits, logits]), [told[0], None], True).item()
print(json.dumps({
    "far": far, "mix": mix,
    "alone": alone, "packed": packed, "rows": len(rows), "masked": masked, "controls": controls,
}), file=worker.OUT, flush=True)
