# Writes prm-losses.json: losses of process reward models and their gradients, by PyTorch 2.13 (python prm-losses.py).
import json
import torch
import torch.nn.functional as F

torch.manual_seed(3)
f64 = torch.float64


def case(loss, *inputs):
    value = loss(*inputs)
    return {
        "inputs": [x.detach().flatten().tolist() for x in inputs],
        "loss": value.item(),
        "slopes": [g.flatten().tolist() for g in torch.autograd.grad(value, inputs)],
    }


def draw(*shape, scale=2.0):
    return (scale * torch.randn(*shape, dtype=f64)).requires_grad_()


hard = torch.tensor([1, 0, 1, 1, 0])
soft = torch.tensor([0.0, 0.25, 0.5, 0.875, 1.0], dtype=f64)
pairs = torch.tensor([[1, 0.25], [0, 1], [1, 1], [0, 0]], dtype=f64)


def ranking(margin):
    # arXiv:2410.11287, eq. 10, written out term by term
    def loss(q):
        zero = torch.zeros((), dtype=f64)
        right = [q[i] for i in range(5) if hard[i] == 1]
        wrong = [q[i] + margin for i in range(5) if hard[i] == 0]
        terms = [torch.logsumexp(torch.stack([zero, *wrong]), 0)]
        for t in range(len(right)):
            terms.append(torch.logsumexp(torch.stack([zero, *right[: t + 1], *wrong]), 0) - right[t])
        return torch.stack(terms).mean()

    return loss


golden = {
    "hard": hard.tolist(),
    "soft": soft.tolist(),
    "pairs": pairs.flatten().tolist(),
    "cross_entropy_hard": case(lambda x: F.cross_entropy(x, hard, reduction="sum"), draw(5, 2)),
    "cross_entropy_soft": case(
        lambda x: F.cross_entropy(x, torch.stack([1 - soft, soft], 1), reduction="sum"), draw(5, 2)
    ),
    "squared_error": case(lambda x: F.mse_loss(torch.sigmoid(x), soft, reduction="sum"), draw(5)),
    "two_heads": case(
        lambda x: F.binary_cross_entropy_with_logits(x, pairs, reduction="sum"), draw(4, 2)
    ),
    "q_ranking_margin_4": case(ranking(4.0), draw(5)),
    "implicit_ce_right_beta_0.05": case(
        lambda policy, reference: -F.logsigmoid(0.05 * (policy - reference.detach()).sum()) + 0 * reference.sum(),
        draw(6),
        draw(6),
    ),
    "implicit_dpo_beta_0.1": case(
        lambda right, wrong: -F.logsigmoid(0.1 * right.sum() - 0.1 * wrong.sum()), draw(6), draw(4)
    ),
}
with open(__file__.replace(".py", ".json"), "w") as file:
    json.dump(golden, file, indent=1)
