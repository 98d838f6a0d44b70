"""llama-server inside the Python package xllamacpp: one argument, JSON. Ends with its input."""

import json
import sys

import xllamacpp

asked = json.loads(sys.argv[1])
params = xllamacpp.CommonParams()
params.model.path = asked["model"]
params.n_parallel = asked["slots"]
params.n_ctx = asked["slots"] * asked["context"]
params.cpuparams.n_threads = asked["threads"]
params.cpuparams_batch.n_threads = asked["batch_threads"]
params.use_jinja = True
params.n_gpu_layers = asked["gpu_layers"]
params.hostnames = ["127.0.0.1"]
params.port = asked["port"]
server = xllamacpp.Server(params)
print("ready", server.listening_address, flush=True)
sys.stdin.read()
