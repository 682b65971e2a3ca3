"""Grades the pairs of bench/differential.ts with Math-Verify, or with SymPy on the trees that Math-Verify's parser makes.

python bench/differential.py math-verify|sympy PAIRS VERDICTS [SECONDS]: reads and writes JSON Lines, goes on where it was
ended, and needs `pip install math-verify[antlr4_13_2]`.
"""

import json
import os
import signal
import sys
import time


def main() -> None:
    grader, pairs, verdicts = sys.argv[1:4]
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else float("inf")
    judge = math_verify() if grader == "math-verify" else sympy()
    done = sum(1 for _ in open(verdicts)) if os.path.exists(verdicts) else 0
    began = time.monotonic()
    with open(pairs) as rows, open(verdicts, "a") as out:
        for i, row in enumerate(rows):
            if i < done:
                continue
            if time.monotonic() - began > seconds:
                break
            pair = json.loads(row)
            start = time.process_time()
            verdict = judge(pair)
            spent = time.process_time() - start
            out.write(json.dumps({"correct": verdict, "seconds": round(spent, 6)}) + "\n")
            out.flush()


def math_verify():
    from math_verify import parse, verify

    def judge(pair):
        # its own limits count the seconds of a wall clock, which a busy machine spends elsewhere
        text = pair["mode"] == "text"
        gold = parse(f"${pair['gold']}$", parsing_timeout=None)
        pred = parse(pair["pred"] if text else f"${pair['pred']}$", parsing_timeout=None)
        return bool(verify(gold, pred, timeout_seconds=None))

    return within_five_seconds(judge)


def sympy():
    import sympy as sp
    from latex2sympy2_extended import latex2sympy

    def judge(pair):
        a, b = latex2sympy(pair["gold"]), latex2sympy(pair["pred"])
        if a == b:
            return True
        if isinstance(a, sp.Expr) and isinstance(b, sp.Expr):
            return bool(a.equals(b))
        return bool(sp.simplify(a) == sp.simplify(b))

    return within_five_seconds(judge)


def within_five_seconds(judge):
    """None where a judge fails or needs more than five seconds of the processor."""

    def ended(*_):
        raise TimeoutError

    def bounded(pair):
        signal.signal(signal.SIGVTALRM, ended)
        signal.setitimer(signal.ITIMER_VIRTUAL, 5)
        try:
            return judge(pair)
        except Exception:
            return None
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return bounded


if __name__ == "__main__":
    main()
