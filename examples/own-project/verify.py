"""Judges answers, one a line: {problem, text, answer, gold} in, {correct} out."""

import json
import sys

for line in sys.stdin:
    one = json.loads(line)
    try:
        correct = one["answer"] is not None and int(one["answer"]) == int(one["gold"])
    except ValueError:
        correct = False
    print(json.dumps({"correct": correct}), flush=True)
