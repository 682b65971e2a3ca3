import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type AskedRuns, openRuns } from '../../src/query/query.ts'
import { readyNames, readyQuestions } from '../../src/query/ready.ts'
import { rolloutPart } from '../../src/runs/layout.ts'
import type { Json } from '../../src/types.ts'
import { type Recorded, recordedRun, runsOf, scratch } from './runs.ts'

const opened: AskedRuns[] = []
afterAll(() => {
  for (const runs of opened) runs.close()
})

async function opening(...places: string[]): Promise<AskedRuns> {
  const runs = await openRuns(runsOf(places))
  opened.push(runs)
  return runs
}

async function rowsOf(runs: AskedRuns, sql: string): Promise<(readonly Json[])[]> {
  const rows: (readonly Json[])[] = []
  for await (const row of (await runs.ask(sql)).rows()) rows.push(row)
  return rows
}

const wrong = { outcome: 0, advantages_T: new Float32Array([1, 1, 0, 0]) }
const unjudged = { stepRewards_S: null, advantages_T: null, outcome: null, learned: false }
const first: Recorded = {
  iterations: [[{}, wrong], [unjudged]],
  metrics: [
    { iteration: 1, 'rollouts/accuracy': 0.5, 'update/why': null },
    { iteration: 2, 'rollouts/accuracy': 0.75, 'update/why': 'nan' },
  ],
}

test('a row a rollout, with its address, of runs whose columns differ', async () => {
  const place = scratch()
  const a = recordedRun(join(place, 'a'), first)
  const b = recordedRun(join(place, 'b'), {
    iterations: [[{ parts: { tidy: 1 }, returns: { kl: new Float32Array([0, 0, 1, 1]) } }]],
  })
  const runs = await opening(place)
  expect(runs.leftOut).toEqual([])
  expect(
    await rowsOf(
      runs,
      'select run, address, outcome, tokens, worst_step, advantage, part_polite, part_tidy from rollouts order by address',
    ),
  ).toEqual([
    ['a', `${a}/1/0/0`, 1, 4, -0.5, 0, 0.5, null],
    ['a', `${a}/1/0/1`, 0, 4, -0.5, 0.5, 0.5, null],
    ['a', `${a}/2/0/0`, null, 4, null, null, 0.5, null],
    ['b', `${b}/1/0/0`, 1, 4, -0.5, 0, null, 1],
  ])
  const lists = "select ids, steps, branch, logprobs[1] from rollouts where run = 'b'"
  expect(await rowsOf(runs, lists)).toEqual([
    [
      [1, 2, 3, 0],
      [
        { start: 0, end: 2, text: 'é 3', state: 'complete' },
        { start: 2, end: 4, text: 'box', state: 'truncated' },
      ],
      null,
      -0.5,
    ],
  ])
})

test('a row a step: its score, and means over its tokens', async () => {
  const folder = recordedRun(join(scratch(), 'run'), first)
  const runs = await opening(folder)
  const sql = `select address, step, state, text, first_token, tokens, score, credit_process, advantage
    from steps where iteration = 1 and rollout = 1 order by step`
  expect(await rowsOf(runs, sql)).toEqual([
    [`${folder}/1/0/1/0`, 0, 'complete', 'é 3', 0, 2, 0.5, 1, 1],
    [`${folder}/1/0/1/2`, 1, 'truncated', 'box', 2, 2, -0.5, 0, 0],
  ])
  expect(await rowsOf(runs, 'select count(*), count(score) from steps')).toEqual([[6, 4]])
})

test('metrics, events and configurations are tables', async () => {
  const runs = await opening(recordedRun(join(scratch(), 'run'), first))
  expect(
    await rowsOf(runs, 'select run, iteration, "rollouts/accuracy", "update/why" from metrics'),
  ).toEqual([
    ['run', 1, 0.5, null],
    ['run', 2, 0.75, 'nan'],
  ])
  expect(
    await rowsOf(
      runs,
      "select level, event, iteration, fields->>'pattern', year(time) > 2000 from log",
    ),
  ).toEqual([['warn', 'alarm: short', 1, 'empty-step', true]])
  expect(await rowsOf(runs, "select recipe, seed, config->>'recipe' from runs")).toEqual([
    ['pure-prm-vr', 7, 'pure-prm-vr'],
  ])
})

test('ready questions find what they say', async () => {
  const folder = recordedRun(join(scratch(), 'run'), first)
  const runs = await opening(folder)
  for (const name of readyNames) await rowsOf(runs, readyQuestions[name].sql)
  const addresses = async (name: keyof typeof readyQuestions): Promise<Json[]> =>
    (await rowsOf(runs, readyQuestions[name].sql)).map(([address]) => address!)
  expect(await addresses('longest-right')).toEqual([`${folder}/1/0/0`])
  expect(await addresses('rewarded-but-wrong')).toEqual([`${folder}/1/0/1`])
  expect(await addresses('disputed')).toEqual([`${folder}/1/0/0`]) // right, and its worst step is below 0
  expect(await addresses('worst-steps')).toEqual([
    ...[`${folder}/1/0/0/2`, `${folder}/1/0/1/2`, `${folder}/1/0/0/0`, `${folder}/1/0/1/0`],
  ])
})

test('steps that judge and oracle dispute are found where the oracle was asked', async () => {
  const plain = recordedRun(join(scratch(), 'plain'), first)
  const folder = recordedRun(join(scratch(), 'run'), {
    iterations: [[{ stepLabels_S: [false, false] }, { stepLabels_S: [true, null] }]],
  })
  const runs = await opening(plain, folder)
  const found = await rowsOf(runs, readyQuestions['disputed-steps'].sql)
  expect(found.map(([address, step, score, label]) => [address, step, score, label])).toEqual([
    [`${folder}/1/0/0/0`, 0, 0.5, false],
  ])
})

test('a run that is being written is asked as it stands', async () => {
  const folder = recordedRun(join(scratch(), 'run'), first)
  appendFileSync(join(folder, 'metrics.jsonl'), '{"iteration": 3, "roll')
  writeFileSync(join(folder, 'rollouts', '.unfinished-part-00003.parquet'), 'PAR1')
  const begun = recordedRun(join(scratch(), 'begun'))
  const runs = await opening(folder, begun)
  expect(runs.leftOut).toEqual([])
  expect(await rowsOf(runs, 'select max(iteration), count(*) from rollouts')).toEqual([[2, 3]])
  expect(await rowsOf(runs, 'select max(iteration) from metrics')).toEqual([[2]])
  const none = await opening(begun)
  expect(await rowsOf(none, 'select * from steps')).toEqual([])
  expect(await rowsOf(none, 'select * from metrics')).toEqual([])
})

test('a torn or damaged part is left out and named, the others are asked', async () => {
  const folder = recordedRun(join(scratch(), 'run'), { iterations: [[{}], [{}], [{}]] })
  const [torn, damaged] = [1, 2].map(iteration => rolloutPart(folder, iteration)) as [
    string,
    string,
  ]
  truncateSync(torn, 900)
  const bytes = readFileSync(damaged)
  bytes.fill(7, bytes.length - 500, bytes.length - 8) // what says where its columns lie
  writeFileSync(damaged, bytes)
  const runs = await opening(folder)
  expect(runs.leftOut[0]).toContain('part-00001.parquet is left out: it is torn')
  expect(runs.leftOut[1]).toContain('part-00002.parquet is left out: ')
  expect(await rowsOf(runs, 'select iteration from rollouts')).toEqual([[3]])
})

test('names of folders are names, whatever they look like', async () => {
  const place = join(scratch(), "it's [a-c]*", 'lr=0.1')
  const runs = await opening(recordedRun(join(place, 'seed=1'), first))
  expect(await rowsOf(runs, 'select distinct run from rollouts')).toEqual([['seed-1']])
  expect((await runs.ask('select * from rollouts')).columns).not.toContain('lr')
})

test('a run that cannot be read is left out and named, the others are asked', async () => {
  const place = scratch()
  recordedRun(join(place, 'whole'), first)
  for (const name of ['config', 'metrics']) recordedRun(join(place, name), first)
  writeFileSync(join(place, 'config', 'config.json'), '{"recipe": ')
  writeFileSync(join(place, 'metrics', 'metrics.jsonl'), '{"iteration": 1\n{}\n')
  const runs = await opening(place)
  expect(runs.leftOut).toEqual([
    expect.stringMatching(/config is left out: cannot read .*config.json/),
    expect.stringMatching(/metrics is left out: .*metrics.jsonl:1: not JSON/),
  ])
  expect(await rowsOf(runs, 'select distinct run from rollouts')).toEqual([['whole']])
  await expect(opening(join(place, 'config'))).rejects.toThrow('cannot read')
})
