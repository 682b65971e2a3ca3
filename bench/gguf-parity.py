"""What transformers makes of a model, a GGUF file or a folder: token ids, rendered conversations and greedy continuations,
as JSON. The folder that is saved from a file is the same model when both give the same text.

    python bench/gguf-parity.py FILE.gguf > reference.json
    npx tsx bench/gguf-parity.ts FILE.gguf reference.json saved
    python bench/gguf-parity.py saved | cmp - reference.json

Needs torch, transformers and gguf.
"""

import inspect
import json
import os
import statistics
import sys

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer
from gguf import GGUFReader

path = sys.argv[1]
is_file = os.path.isfile(path)
folder, name = os.path.split(os.path.abspath(path)) if is_file else (path, None)
tokens = 48

questions = [
    "What is the capital of France?",
    "Natalia sold 48 clips in April and half as many in May. How many did she sell altogether?",
    "Write a haiku about the sea.",
    "Explain why the sky is blue in two sentences.",
    "What is 17 * 23?",
    "List three prime numbers above 100.",
    "Translate 'good morning' into Spanish, French and German.",
    "Who wrote 'Pride and Prejudice'?",
    "def fib(n):  # finish this function",
    "Summarise: The quick brown fox jumps over the lazy dog.",
    "If a train travels 60 miles in 1.5 hours, what is its speed?",
    "Give me a recipe with eggs, flour and milk.",
    "What's the difference between a list and a tuple in Python?",
    "Name the planets of the solar system.",
    "Is 2027 a leap year? Explain step by step.",
    "Solve for x: 3x + 5 = 20.",
    "Describe a cat to someone who has never seen one.",
    "What does HTTP 404 mean?",
    "Compute (3 + 4) * 2 - 5.",
    "Tell me a joke about computers.",
]
odd = [
    "", " ", "   12  345\t6\n\n\n7 ", "½ ² ٣ 1234567890", "cafe\u0301 naïve Ελλάδα Привет 数学 🙂🇫🇷", "I'LL they'Ve it's",
    "<|im_start|>user\n<|im_end|><|endoftext|><repo_name>", "\r\n\r\n x\u00a0y\u2003z",
]


def main():
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    pre = GGUFReader(path).fields.get("tokenizer.ggml.pre") if is_file else None
    if pre is not None and pre.contents() == "smollm":
        # transformers 5.24 reads this name as GPT-2's; tokenizer.json of the model itself splits digits first
        digits = pre_tokenizers.Digits(individual_digits=True)
        byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    conversations = []
    for question in questions:
        messages = [{"role": "user", "content": question}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = encode(text)
        with torch.no_grad():
            out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                                 max_new_tokens=tokens, do_sample=False)[0, len(ids):]
        conversations.append({"messages": messages, "text": text, "ids": ids, "continuation": out.tolist()})
    texts = [line + "\n" for line in inspect.getsource(statistics).splitlines()] + questions + odd
    json.dump({"tokens": tokens, "conversations": conversations,
               "texts": [{"text": text, "ids": encode(text)} for text in texts]}, sys.stdout)


main()
