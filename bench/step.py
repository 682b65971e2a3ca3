"""One step of training by PyTorch (eager, float32): milliseconds of forward and backward, the median of three after one."""

import json
import statistics
import sys
import time

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

asked = json.load(sys.stdin)
torch.set_num_threads(asked["threads"])
torch.manual_seed(1)
config = Qwen2Config(
    vocab_size=asked["vocabSize"],
    hidden_size=asked["hiddenSize"],
    intermediate_size=asked["intermediateSize"],
    num_hidden_layers=asked["layers"],
    num_attention_heads=asked["heads"],
    num_key_value_heads=asked["heads"],
    max_position_embeddings=2048,
    tie_word_embeddings=False,
)
model = Qwen2ForCausalLM(config).float()
lengths = asked["lengths"]
ids = torch.randint(0, config.vocab_size, (len(lengths), max(lengths)))
mask = torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]


def step() -> float:
    start = time.perf_counter()
    logits = model(input_ids=ids, attention_mask=mask.long()).logits[:, :-1]
    logprobs = torch.log_softmax(logits, -1).gather(-1, ids[:, 1:, None])[..., 0]
    (-(logprobs * mask[:, 1:] * 1e-3).sum()).backward()
    model.zero_grad(set_to_none=True)
    return 1000 * (time.perf_counter() - start)


step()
print(statistics.median(step() for _ in range(3)))
