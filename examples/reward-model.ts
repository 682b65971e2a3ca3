// From raw problems to a judge of steps: a policy solves them, completions say what each step is worth, a reward model
// learns these values from a file, is measured on new problems, and audited before anybody learns from it. No step is
// labelled by hand, and no oracle is asked. `npx tsx examples/reward-model.ts FOLDER` leaves labels and judge there.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as minform from 'minform'

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'minform-judge-'))
mkdirSync(folder, { recursive: true })
const [labels, out] = [join(folder, 'labels.jsonl'), join(folder, 'judge')]
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

// 1. problems: a question and an answer each; readProblems reads a file of them
const task = minform.taskOf('nested-arithmetic')
const taken = (count: number, split: minform.Split) =>
  minform.takeProblems(task, count, { split, seed: 1, difficulty: 0 })

// 2. labels: four solutions of each, and of every step the share of eight completions that end right
const engine = await minform.openEngine({
  kind: 'onnx',
  folder: minform.carriedModels.base,
  threads: 1,
})
const tokenizer = await minform.loadTokenizer(minform.carriedModels.base)
const sampler = { engine, tokenizer, stopIds: tokenizer.stopIds, maxTokens: 100 }
const work = { tokenizer, maxPositions: engine.info.maxPositions, seed: 1 }
async function labelled(problems: readonly minform.Problem[]) {
  const labeler = minform.monteCarlo({ completions: 8, seed: 1, labels: 'soft' })
  const todo = problems.map(problem => minform.labelSampled(problem, labeler, 4, work))
  const solutions: minform.LabelledSolution[] = []
  let rollouts = 0
  for await (const { value, spent } of minform.runLabellings(todo, { sampler, judge: null })) {
    solutions.push(...value.labelled.map(one => one.labelled))
    rollouts += spent.rollouts
  }
  return { solutions, rollouts }
}
const learned = await labelled(taken(64, 'train'))
const held = await labelled(taken(24, 'test'))
await engine.close()
const values = learned.solutions.flatMap(one => one.labels_S)
console.log(
  `${learned.solutions.length} solutions, ${values.length} steps, ${learned.rollouts} completions; ` +
    `from ${percent(values.filter(value => value === 0).length / values.length)} of the steps none ends right`,
)
const rows = learned.solutions.map(one => JSON.stringify(minform.labelledRowOf(one)))
writeFileSync(labels, `${rows.join('\n')}\n`)

// 3. training: the carried judge knows whether steps are right; it learns what this policy makes of them. A language
// model in its place gets a new head, and takes more than a thousand updates.
await minform.trainRewardModel(
  {
    ...{ method: minform.prmMethodOf('soft'), model: minform.carriedModels.prm, out },
    source: { kind: 'files', files: [labels] },
    course: { updates: 40, batch: 32, learningRate: 3e-4 },
    keeping: { validateEvery: 0 },
    ...{ folder: join(folder, 'training'), threads: 1 },
  },
  {
    data: (_, examples) => console.log(`the judge learns from ${examples} of them`),
    validation: (updates, { calibrationError }) =>
      console.log(`after ${updates} updates, calibration error ${percent(calibrationError)}`),
    say: console.log,
  },
)

// 4. measured: how far are its scores from what completions of new problems say?
for (const model of [minform.carriedModels.prm, out]) {
  const scorer = await minform.openScorer({ kind: 'model', folder: model, threads: 1 })
  const scores_P = await scorer.score(held.solutions)
  const points = held.solutions.flatMap(({ labels_S }, p) =>
    labels_S.flatMap((label, s) => {
      const score = minform.asShare(scores_P[p]![s]!, scorer.range)
      return label === null || score === null ? [] : [{ score, label }]
    }),
  )
  const { error, brier } = minform.calibration(points)
  console.log(
    `${model === out ? 'the trained' : 'the carried'} judge on ${points.length} steps of new problems: root mean square ` +
      `from their values ${percent(Math.sqrt(brier))}, calibration error ${percent(error)}`,
  )
  // 5. audited: what does it make of answers that solve nothing?
  const mutate = task.wrongStep
  const { rows, verdict } = await minform.audit(scorer, taken(20, 'test'), { mutate })
  console.log(`  audit: ${verdict}`)
  for (const { name, about, believed, preferred, verdict } of rows) {
    const shares = `believed ${percent(believed)}, preferred ${percent(preferred)}`
    if (verdict !== 'pass') console.log(`    ${verdict}: ${name} (${about}): ${shares}`)
  }
  await scorer.close()
}
if (process.argv[2] === undefined) rmSync(folder, { recursive: true })
