# What transformers' generate reaches with the model of `npm run bench -- engine`: python bench/generate.py
# (pip install torch transformers). Each cache, 64 sequences and one, the middle of five runs after a first.

import statistics
import time

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

torch.set_num_threads(2)
tokens = 126
config = Qwen2Config(
    vocab_size=512,
    hidden_size=256,
    intermediate_size=672,
    num_hidden_layers=6,
    num_attention_heads=8,
    num_key_value_heads=8,
    tie_word_embeddings=False,
    max_position_embeddings=256,
)
model = Qwen2ForCausalLM(config).eval()
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
for cache in ["dynamic", "static"]:
    for rows in [64, 1]:
        ids = torch.randint(1, 512, (rows, 2))
        speeds = []
        for _ in range(6):
            start = time.time()
            with torch.no_grad():
                model.generate(
                    ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=tokens,
                    min_new_tokens=tokens,
                    do_sample=True,
                    pad_token_id=0,
                    cache_implementation=cache,
                )
            speeds.append(rows * tokens / (time.time() - start))
        print(f"{cache} cache, {rows} sequences: {statistics.median(speeds[1:]):.0f} tokens/s")
