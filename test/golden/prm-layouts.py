# Writes prm-layouts.json: the tokens that the published code of reward models makes of solutions, and where it reads them,
# with the tokenizer of test/fixtures/hf/qwen2-prm and transformers 5.18 (python prm-layouts.py). Each function restates
# the public code that it names.
import json
import pathlib
from transformers import AutoTokenizer

here = pathlib.Path(__file__).parent
tokenizer = AutoTokenizer.from_pretrained(here.parent / "fixtures/hf/qwen2-prm")
tokenizer.chat_template = json.loads(
    (here.parent / "fixtures/tokenizer/tokenizer_config.json").read_text()
)["chat_template"]
BOS = "<|endoftext|>"  # stands for the token that begins a text, which this tokenizer does not name
bos_id = tokenizer.convert_tokens_to_ids(BOS)
plain = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]

solutions = [
    ("What is 3 + 4?", ["3 + 4 = 7.", "The answer is \\boxed{7}."]),
    ("Tom has 2 apples.\nHow many is that?", ["He has 2", "So\nit is two!", "", "\\boxed{2}"]),
    ("Wie viel ist 5·5 für ein Mädchen?", ["5·5 = 25, größer als 5.)"]),
]


def qwen_math_prm(question, steps):  # model card of Qwen/Qwen2.5-Math-PRM-7B
    system = "Please reason step by step, and put your final answer within \\boxed{}."
    text = tokenizer.apply_chat_template(
        [
            {"role": "system", "content": system},
            {"role": "user", "content": question},
            {"role": "assistant", "content": "<extra_0>".join(steps) + "<extra_0>"},
        ],
        tokenize=False,
        add_generation_prompt=False,
    )
    ids = plain(text)
    mark = plain("<extra_0>")[0]
    return ids, [t for t, id in enumerate(ids) if id == mark]


def math_shepherd(question, steps):  # model card of peiyi9979/math-shepherd-mistral-7b-prm; its mark is one token there
    body = "\n".join(f"Step {k + 1}: {step} ки" for k, step in enumerate(steps))
    text = f"{question} {body}"
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ends = [at + 2 for at in range(len(text)) if text.startswith("ки", at)]
    reads = [max(t for t, (a, b) in enumerate(found["offset_mapping"]) if a < end) for end in ends]
    return [bos_id] + found["input_ids"], [1 + t for t in reads]


def rlhflow(question, steps):  # _score_batched of huggingface/search-and-learn, src/sal/models/reward_models.py
    def conversation(label):
        turns = []
        for k, step in enumerate(steps):
            turns.append({"role": "user", "content": f"{question} {step}" if k == 0 else step})
            turns.append({"role": "assistant", "content": label})
        return plain(tokenizer.apply_chat_template(turns, tokenize=False))

    ids, masked = conversation("+"), conversation("@")  # "@" is in no solution
    assert len(ids) == len(masked)
    return ids, [t - 1 for t, id in enumerate(masked) if id == plain("@")[0]]


def skywork(question, steps):  # prepare_input of SkyworkAI/skywork-o1-prm-inference
    ids = plain(BOS + question + "\n")
    reads = []
    for step in steps:
        ids = ids + (plain(step) if step else []) + [plain("\n")[-1]]
        reads.append(len(ids) - 1)
    return ids, reads


def joined(separator, begin):  # tokenize_row of trl's PRMTrainer; PURE's model card with "\n\n" and no first token
    def of(question, steps):
        ids = begin + plain(question)
        reads = []
        for step in steps:
            ids = ids + plain(step) + plain(separator)
            reads.append(len(ids) - 1)
        return ids, reads

    return of


def reason_eval(question, steps):  # get_results of GAIR-NLP/ReasonEval, codes/examples.py; its separators are taken out again
    ids = [bos_id] + plain(f"Question:\n{question}\nAnswer:\nLet's think step by step.\n")
    reads = []
    for step in steps:
        ids = ids + plain(step)
        reads.append(len(ids) - 1)
    return ids, reads


conventions = {
    "qwen-math-prm": qwen_math_prm,
    "math-shepherd": math_shepherd,
    "rlhflow": rlhflow,
    "skywork": skywork,
    "pure-prm": joined("\n\n", []),
    "trl": joined("\n", [bos_id]),
    "reason-eval": reason_eval,
}
cases = []
for name, of in conventions.items():
    for question, steps in solutions:
        ids, reads = of(question, steps)
        assert len(reads) == len(steps), name
        cases.append(
            {"convention": name, "question": question, "steps": steps, "ids": ids, "reads": reads}
        )
(here / "prm-layouts.json").write_text(
    json.dumps({"bosId": bos_id, "cases": cases}, ensure_ascii=False) + "\n"
)
