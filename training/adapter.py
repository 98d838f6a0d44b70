"""A LoRA adapter as a GGUF file, by the rules that llama.cpp reads it by.

Source: llama.cpp's `convert_lora_to_gguf.py` and `llama_adapter_lora_init_impl`.
"""

import os

import gguf
import numpy

from worker import Refused

# GGUF's architectures, and whether the rows of their queries and keys lie in another order there.
ARCHITECTURES = {"llama": True, "qwen2": False, "qwen3": False, "gemma": False, "gemma2": False}


def permuted(matrix, heads):
    """Halves of each head's rows become neighbours: [out, rank] as llama.cpp turns them."""
    out, rank = matrix.shape
    return matrix.reshape(heads, 2, out // heads // 2, rank).swapaxes(1, 2).reshape(out, rank)


def write(path, name, architecture, config, weights, alpha):
    """`weights`: by the module's name, (A [rank, in], B [out, rank]) as float32."""
    keys = {known: key for key, known in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(keys[architecture], config.num_hidden_layers)
    writer = gguf.GGUFWriter(f"{path}.part", architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_name(name)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(alpha))
    for module, (down, up) in sorted(weights.items()):
        target = names.get_name(module)
        if target is None:
            raise Refused("training_target", detail=module)
        if ARCHITECTURES[architecture] and module.endswith("q_proj"):
            up = permuted(up, config.num_attention_heads)
        if ARCHITECTURES[architecture] and module.endswith("k_proj"):
            up = permuted(up, config.num_key_value_heads)
        writer.add_tensor(f"{target}.weight.lora_a", numpy.ascontiguousarray(down, numpy.float32))
        writer.add_tensor(f"{target}.weight.lora_b", numpy.ascontiguousarray(up, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    # Never there in part: a half would be offered as an adapter.
    os.replace(f"{path}.part", path)
