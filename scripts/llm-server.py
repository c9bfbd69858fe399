"""Serves one model of llama.cpp with the OpenAI protocol on the loopback interface; prints its address.

Usage: llm-server.py MODEL.gguf THREADS
"""

import sys
import time

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.hostnames = ["127.0.0.1"]
parameters.port = 0
parameters.n_parallel = 1
parameters.n_ctx = 4096
parameters.cpuparams.n_threads = int(sys.argv[2])
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
while True:
    time.sleep(3600)
