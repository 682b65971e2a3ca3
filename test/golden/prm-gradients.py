# Writes prm-gradients.json: losses of test/fixtures/hf/qwen2-prm by logits at labelled tokens, and their gradient for every
# parameter, by PyTorch 2.13 and transformers 5.18 (python prm-gradients.py).
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoModelForTokenClassification

here = Path(__file__).parent
fixture = here.parent / "fixtures/hf/qwen2-prm"
expected = json.loads((fixture / "expected.json").read_text())
model = AutoModelForTokenClassification.from_pretrained(
    fixture, dtype=torch.float32, attn_implementation="eager"
).eval()
ids = expected["training"]["ids"]
at = [3, 7, 8, len(ids) - 1]
soft = torch.tensor([1.0, 0.25, 0.0, 0.75])
pairs = torch.tensor([[1.0, 0.25], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])

losses = {
    "soft": lambda x: F.cross_entropy(x, torch.stack([1 - soft, soft], 1)),
    "two_heads": lambda x: F.binary_cross_entropy_with_logits(x, pairs),
}
golden = {"ids": ids, "at": at, "soft_labels": soft.tolist(), "pair_labels": pairs.flatten().tolist()}
for name, loss in losses.items():
    model.zero_grad()
    value = loss(model(torch.tensor([ids])).logits[0][at])
    value.backward()
    grads = {k: p.grad for k, p in model.named_parameters()}
    golden[name] = {
        "loss": value.item(),
        "norms": {k: g.norm().item() for k, g in grads.items()},
        "sums": {k: g.sum().item() for k, g in grads.items()},
    }
(here / "prm-gradients.json").write_text(json.dumps(golden, indent=1))
