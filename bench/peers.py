"""What PyTorch, transformers and TRL take for the work that the benches give minform: python bench/peers.py.

Reads a question a line, JSON on standard input, and answers {"ms": ...} or {"lacks": why} on standard output.
pip install torch transformers trl
"""

import functools
import json
import sys
import tempfile
import time

import torch
import transformers
from transformers import Qwen2Config, Qwen2ForCausalLM

transformers.logging.set_verbosity_error()


@functools.lru_cache(maxsize=2)
def model_of(shape: str) -> Qwen2ForCausalLM:
    """A fresh float32 model of the shape that a question names."""
    sizes = json.loads(shape)
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=sizes["vocabSize"],
        hidden_size=sizes["hiddenSize"],
        intermediate_size=sizes["intermediateSize"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        num_key_value_heads=sizes["heads"],
        max_position_embeddings=2048,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    return Qwen2ForCausalLM(config).float()


@functools.lru_cache(maxsize=1)
def compiled(shape: str):
    return torch.compile(model_of(shape))


def step(shape: str, asked: dict) -> float:
    """Forward and backward of log-probabilities of padded sequences."""
    model = model_of(shape)
    run = compiled(shape) if asked.get("compiled") else model
    lengths = asked["lengths"]
    ids = torch.randint(1, model.config.vocab_size, (len(lengths), max(lengths)))
    mask = torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]
    start = time.perf_counter()
    logits = run(input_ids=ids, attention_mask=mask.long()).logits[:, :-1]
    logprobs = torch.log_softmax(logits, -1).gather(-1, ids[:, 1:, None])[..., 0]
    (-(logprobs * mask[:, 1:] * 1e-3).sum()).backward()
    model.zero_grad(set_to_none=True)
    return 1000 * (time.perf_counter() - start)


def generate(shape: str, asked: dict) -> float:
    """Completions of full length, sampled side by side."""
    model = model_of(shape).eval()
    rows, tokens = asked["rows"], asked["tokens"]
    ids = torch.randint(1, model.config.vocab_size, (rows, asked["prompt"]))
    start = time.perf_counter()
    with torch.no_grad():
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=True,
            top_k=0,
            pad_token_id=0,
            cache_implementation=asked["cache"],
        )
    return 1000 * (time.perf_counter() - start)


def grpo(shape: str, asked: dict) -> float:
    """An iteration of TRL's GRPO without a reference model; answers are of full length, and chance says which are right."""
    try:
        from datasets import Dataset
        from tokenizers import Tokenizer, models, pre_tokenizers
        from transformers import PreTrainedTokenizerFast, TrainerCallback
        from trl import GRPOConfig, GRPOTrainer
    except ImportError as cause:
        raise LookupError(str(cause)) from cause
    model = model_of(shape)
    words = [f"w{i}" for i in range(model.config.vocab_size)]
    plain = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="w0"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain, pad_token="w0", eos_token="w1")
    draw = torch.Generator().manual_seed(1)
    problems, samples, tokens = asked["problems"], asked["samples"], asked["tokens"]
    some = torch.randint(2, len(words), (problems, asked["prompt"]), generator=draw)
    prompts = [" ".join(words[i] for i in row) for row in some.tolist()]
    marks: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *_, **__):
            marks.append(time.perf_counter())

    def chance(completions, **_):
        return torch.randint(0, 2, (len(completions),)).float().tolist()

    with tempfile.TemporaryDirectory() as folder:
        options = GRPOConfig(
            output_dir=folder,
            use_cpu=True,
            bf16=False,
            per_device_train_batch_size=problems * samples,
            num_generations=samples,
            max_completion_length=tokens,
            generation_kwargs={"min_new_tokens": tokens, "top_k": 0},
            max_steps=3,
            learning_rate=1e-5,
            save_strategy="no",
            report_to=[],
            logging_strategy="no",
            disable_tqdm=True,
            gradient_checkpointing=False,
        )
        trainer = GRPOTrainer(
            model=model,
            reward_funcs=chance,
            args=options,
            train_dataset=Dataset.from_dict({"prompt": prompts * 3}),
            processing_class=tokenizer,
            callbacks=[Clock()],
        )
        trainer.train()
    return 1000 * min(b - a for a, b in zip(marks, marks[1:]))


verbs = {"step": step, "generate": generate, "grpo": grpo}


def versions(_shape: str, _asked: dict) -> str:
    def version(name: str) -> str:
        try:
            return f"{name} {__import__(name).__version__}"
        except ImportError:
            return f"no {name}"

    return ", ".join(version(name) for name in ("torch", "transformers", "trl"))


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print; answers alone go to the asker
    for line in sys.stdin:
        asked = json.loads(line)
        torch.set_num_threads(asked["threads"])
        shape = json.dumps(asked.get("shape"))
        try:
            if asked["verb"] == "versions":
                answer = {"versions": versions(shape, asked)}
            else:
                answer = {"ms": verbs[asked["verb"]](shape, asked)}
        except Exception as cause:  # noqa: BLE001 whatever a peer cannot do is said in the table
            answer = {"lacks": f"{type(cause).__name__}: {cause}".splitlines()[0][:200]}
        print(json.dumps(answer), file=answers, flush=True)


main()
