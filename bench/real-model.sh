#!/usr/bin/env bash
# A pretrained model on real problems, from its file to verdicts: warm start, what it solves sometimes, answers alone, a judge of
# its own rollouts beside a tenth of the answers, and the same judge summed. Every step is left out where it is done, and goes on
# where it was broken off: the same command again continues.
#
#   bench/real-model.sh MODEL TRAIN.jsonl TEST.jsonl FOLDER
#
# MODEL is a name on the Hub, a folder or a GGUF file; the files are GSM8K's. Needs a build (npm run build). What may be changed
# stands in the environment.
set -euo pipefail
[ $# -eq 4 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
model=$1 train=$2 test=$3 out=$4
: "${LINES_AT_MOST:=2}"  # of working: problems with more are left out, in both files
: "${EPOCHS:=2}" "${RANK:=8}" "${MAX_TOKENS:=160}" "${THREADS:=2}" "${SEED:=1}"
: "${TRIED:=640}" "${SAMPLES:=8}" "${KEEP:=0.1:0.9}" # problems that are tried for those solved sometimes
: "${LEARNING_RATE:=4e-4}" # of reinforcement: the rule of thumb's 8.6e-5 moves little in so few iterations
: "${ITERATIONS:=40}" "${BATCH:=8}" "${LABELLED:=60}" "${PER_STEP:=4}" "${JUDGE_UPDATES:=40}"
minform=("${NODE:-node}" "$(dirname "$0")/../dist/cli/main.js")
mkdir -p "$out"

say() { printf '\n== %s  %s\n' "$(date +%H:%M:%S)" "$*"; }
begun() { [ -e "$1" ] && echo --resume || true; }

for name in train test; do
  [ -s "$out/$name.jsonl" ] || "${NODE:-node}" -e '
    const [from, to, most] = process.argv.slice(1), fs = require("node:fs")
    const rows = fs.readFileSync(from, "utf8").split("\n").filter(Boolean)
    const short = rows.filter(row => JSON.parse(row).answer.split("\n").length - 1 <= Number(most))
    fs.writeFileSync(to, short.join("\n") + "\n")
    console.log(`${to}: ${short.length} of ${rows.length} problems, worked in at most ${most} lines`)
  ' "${!name}" "$out/$name.jsonl" "$LINES_AT_MOST"
done

say 'before: held-out problems'
[ -s "$out/before.txt" ] || { "${minform[@]}" eval --model "$model" --problems "$out/test.jsonl" --count 200 --n 4 --no-greedy \
  --max-tokens "$MAX_TOKENS" --threads "$THREADS" --out "$out/before.jsonl" $(begun "$out/before.jsonl.journal") > "$out/before.part" &&
  mv "$out/before.part" "$out/before.txt"; }
cat "$out/before.txt"

say 'warm start on worked solutions'
[ -e "$out/start/config.json" ] || "${minform[@]}" sft --model "$model" --problems "$out/train.jsonl" --test "$out/test.jsonl" \
  --lora "$RANK" --merge --epochs "$EPOCHS" --max-tokens "$MAX_TOKENS" --threads "$THREADS" --seed "$SEED" \
  --out "$out/start" $(begun "$out/start/training/config.json")

say 'what it solves sometimes'
[ -s "$out/sometimes.jsonl" ] || "${minform[@]}" eval --model "$out/start" --problems "$out/train.jsonl" --count "$TRIED" --n "$SAMPLES" \
  --no-greedy --max-tokens "$MAX_TOKENS" --threads "$THREADS" --out "$out/tried.jsonl" $(begun "$out/tried.jsonl.journal") \
  --select "$out/sometimes.jsonl" --keep "$KEEP" | tee "$out/tried.txt"

say 'a judge of its own rollouts'
labels=$out/labels.jsonl
[ -e "$out/labels.done" ] || { head -n "$LABELLED" "$out/sometimes.jsonl" > "$out/to-label.jsonl"
  "${minform[@]}" prm label --model "$out/start" --problems "$out/to-label.jsonl" --method monte-carlo --samples 2 --completions "$PER_STEP" --max-tokens "$MAX_TOKENS" \
    --threads "$THREADS" --out "$labels" $(begun "$labels.journal") | tee "$out/labels.txt" && touch "$out/labels.done"; }
[ -e "$out/judge/config.json" ] || "${minform[@]}" prm train --model "$out/start" --data "$labels" --lora "$RANK" --updates "$JUDGE_UPDATES" \
  --update-size 16 --threads "$THREADS" --out "$out/judge" --run "$out/judge-run" $(begun "$out/judge-run/config.json") |
  tee "$out/judge.txt"

for recipe in pure-vr pure-prm-vr sum-form; do
  say "$recipe"
  run=$out/$recipe
  [ -e "$run.txt" ] && { cat "$run.txt"; continue; }
  if [ -e "$run/config.json" ]; then
    "${minform[@]}" train --resume --run "$run" --iterations "$ITERATIONS" | tee "$run.part"
  else
    judge=(--prm "$out/judge" --judge-check warn --audit warn)
    [ "$recipe" = pure-vr ] && judge=()
    "${minform[@]}" train "$recipe" --model "$out/start" --problems "$out/sometimes.jsonl" --test "$out/test.jsonl" --lora "$RANK" \
      "${judge[@]}" --batch "$BATCH" --max-tokens "$MAX_TOKENS" --iterations "$ITERATIONS" --eval-every 20 --threads "$THREADS" \
      --seed "$SEED" --learning-rate "$LEARNING_RATE" --run "$run" | tee "$run.part"
  fi
  mv "$run.part" "$run.txt"
done
