"""
llama.cpp's own server with the starter model and a toy eye, until its standard input ends.

The eye is a vision tower of 59 kB, computed and not trained, and it is called a toy: it takes the mean of
the red, green and blue of an image and gives the model the embedding of the word that names the strongest.
So a model that knows the words answers by what it "sees", and everything around it is real: the image's
bytes, their decoding, the tower's graph, its tokens among those of the prompt.

Arguments: path of the starter model, path at which the eye is written.
"""

import sys

import gguf
import numpy as np
import xllamacpp
from gguf import quants

COLOURS = ["red", "green", "blue"]
# Numbers that the tower has for each patch: three of a colour, one that is always 1, the rest 0.
WIDTH = 16
SIDE, PATCH = 32, 8
EPSILON = 1e-6


def embeddings(path):
    reader = gguf.GGUFReader(path)
    tokens = reader.get_field("tokenizer.ggml.tokens").contents()
    table = next(one for one in reader.tensors if one.name == "token_embd.weight")
    rows = quants.dequantize(table.data, table.tensor_type).reshape(len(tokens), -1)
    # A word with the space before it, as byte-level BPE writes it.
    return np.stack([rows[tokens.index("\u0120" + word)] for word in COLOURS])


def write_eye(path, words):
    kept = np.zeros(WIDTH, np.float32)
    kept[:3] = 1
    always = np.zeros(WIDTH, np.float32)
    always[3] = 1
    seen = np.zeros((3, WIDTH))
    seen[:, :3] = 2 * np.eye(3) - 1
    seen = (seen - seen.mean(1, keepdims=True)) / np.sqrt(seen.var(1, keepdims=True) + EPSILON)
    seen = seen * kept + always
    seen /= np.sqrt((seen**2).mean(1, keepdims=True) + EPSILON)
    projection = np.zeros((WIDTH, words.shape[1]), np.float32)
    projection[:4] = np.linalg.pinv(seen[:, :4]) @ words

    patches = np.zeros((WIDTH, 3, PATCH, PATCH), np.float32)
    for colour in range(3):
        patches[colour, colour] = 1 / PATCH**2
    zeros = lambda *shape: np.zeros(shape, np.float32)
    ones = lambda *shape: np.ones(shape, np.float32)
    count = (SIDE // PATCH) ** 2

    out = gguf.GGUFWriter(path, "clip")
    out.add_string("clip.projector_type", "gemma3")
    out.add_bool("clip.has_text_encoder", False)
    out.add_bool("clip.has_vision_encoder", True)
    out.add_bool("clip.use_gelu", True)
    numbers = {
        "image_size": SIDE,
        "patch_size": PATCH,
        "embedding_length": WIDTH,
        "feed_forward_length": WIDTH,
        "projection_dim": words.shape[1],
        "block_count": 1,
        "attention.head_count": 1,
        "projector.scale_factor": SIDE // PATCH,
    }
    for name, value in numbers.items():
        out.add_uint32(f"clip.vision.{name}", value)
    out.add_float32("clip.vision.attention.layer_norm_epsilon", EPSILON)
    out.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    out.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
    out.add_tensor("v.patch_embd.weight", patches)
    out.add_tensor("v.patch_embd.bias", zeros(WIDTH))
    out.add_tensor("v.position_embd.weight", zeros(count, WIDTH))
    # One block that changes nothing.
    for name in ["attn_q", "attn_k", "attn_v", "attn_out", "ffn_up", "ffn_down"]:
        out.add_tensor(f"v.blk.0.{name}.weight", zeros(WIDTH, WIDTH))
        out.add_tensor(f"v.blk.0.{name}.bias", zeros(WIDTH))
    for name in ["ln1", "ln2"]:
        out.add_tensor(f"v.blk.0.{name}.weight", ones(WIDTH))
        out.add_tensor(f"v.blk.0.{name}.bias", zeros(WIDTH))
    out.add_tensor("v.post_ln.weight", kept)
    out.add_tensor("v.post_ln.bias", always)
    out.add_tensor("mm.input_projection.weight", projection)
    out.add_tensor("mm.soft_emb_norm.weight", ones(WIDTH))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


model, eye = sys.argv[1:]
write_eye(eye, embeddings(model))
params = xllamacpp.CommonParams()
params.model.path = model
params.mmproj.path = eye
params.n_ctx = 2048
params.n_parallel = 1
params.cpuparams.n_threads = 1
# Any that is free.
params.port = 0
server = xllamacpp.Server(params)
print("listening", server.listening_address, flush=True)
sys.stdin.read()
