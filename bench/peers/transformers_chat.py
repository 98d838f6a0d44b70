"""The article's own stack: transformers on the same GGUF file, float32. One question a line, JSON."""

import json
import os
import sys
import threading
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

folder, file = os.path.split(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
print("ready", flush=True)


class Clock(TextIteratorStreamer):
    """Notes when each token arrives; the first call brings the prompt."""

    def put(self, value):
        if not self.next_tokens_are_prompt:
            self.times.append((time.perf_counter() - self.began) * 1000)
        super().put(value)


for line in sys.stdin:
    question = json.loads(line)
    began = time.perf_counter()
    inputs = tokenizer.apply_chat_template(
        question["messages"], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    streamer = Clock(tokenizer, skip_prompt=True)
    streamer.began, streamer.times = began, []
    count = question["maxTokens"]
    arguments = dict(inputs, streamer=streamer, do_sample=False)
    lengths = dict(min_new_tokens=count, max_new_tokens=count)
    thread = threading.Thread(target=model.generate, kwargs=arguments | lengths)
    thread.start()
    text = "".join(streamer)
    thread.join()
    reply = {"id": question["id"], "deltas": streamer.times, "text": text}
    print(json.dumps(reply | {"promptTokens": inputs["input_ids"].shape[1]}), flush=True)
