import { spawn } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ArgsDef, parseArgs } from 'citty'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Given } from '../../../src/cli/flags.ts'
import command, { labelAll, type Models, openModels } from '../../../src/cli/prm/label.ts'
import { type LabelRequest, labelArgs, labelRequest } from '../../../src/cli/prm/label-flags.ts'
import { type LabelReport, reportLines, reportOf } from '../../../src/cli/prm/label-report.ts'
import { ConfigError, DataError, RunError } from '../../../src/errors.ts'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { labelMethods } from '../../../src/prm/label/methods/index.ts'
import { openScorer } from '../../../src/prm/score/open.ts'
import { journalOf } from '../../../src/runs/journal.ts'
import { openServerChat } from '../../../src/train/chat.ts'
import { built } from '../../built.ts'
import { chatServer } from '../../rewards/remote/chat-server.ts'
import { recordsOf, rowsFile } from '../commands.ts'

const model = new URL('../../../models/base', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'minform-label-'))
let files = 0
const fresh = (): string => join(folder, `${files++}.jsonl`)
const policy = ['--model', model, '--threads', '1', '--max-tokens', '80']
const task = ['--task', 'nested-arithmetic', '--difficulty', '0', '--count', '3', '--samples', '2']
const few = [...policy, ...task, '--completions', '2']

/** The carried policy, opened once; a judge is opened as the request names it. */
let policyModels: Models
beforeAll(async () => {
  policyModels = await openModels(requestOf(fresh(), ['--method', 'monte-carlo', ...few]), {
    turnEnd: null,
  })
})
afterAll(() => policyModels.close())

async function modelsOf(request: LabelRequest): Promise<Models> {
  const { sampler, work } = policyModels
  const judge = request.judge === null ? null : await openScorer(request.judge)
  const { maxTokens, model, seed } = request
  const own = model === null ? null : { ...sampler!, maxTokens }
  const chat = request.chat === null ? null : openServerChat(request.chat)
  return { sampler: own, judge, chat, work: own && { ...work!, seed }, close: async () => {} }
}

function requestOf(out: string, flags: readonly string[]): LabelRequest {
  return labelRequest(parseArgs(['--out', out, ...flags], labelArgs as ArgsDef) as Given)
}

/** Does what the command does, with models that are open already; returns its report. */
async function label(out: string, ...flags: string[]): Promise<LabelReport> {
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const request = requestOf(out, flags)
    const entries = await labelAll(request, () => modelsOf(request))
    return reportOf(request.method.name, entries)
  } finally {
    quiet.mockRestore()
  }
}

const bytes = (out: string): string[] =>
  [out, journalOf(out)].map(file => readFileSync(file, 'utf8'))

describe('labels of a task', () => {
  test('a line a solution, what they cost, and how right they are by the oracle', async () => {
    const out = fresh()
    const report = await label(out, '--method', 'monte-carlo', ...few)
    const { solutions } = await readLabelled(out)
    expect(solutions).toHaveLength(6)
    const steps = solutions.reduce((sum, { steps }) => sum + steps.length, 0)
    expect(report).toMatchObject({
      method: 'monte-carlo',
      problems: 3,
      solutions: 6,
      labelledSolutions: 6,
      steps,
      labelledSteps: steps,
      rollouts: 2 * (steps - 6),
      sampledSolutions: 6,
      skippedProblems: {},
      oracle: { solutions: 6, coverage: 1 },
    })
    expect(report.oracle!.stepAccuracy).toBeGreaterThan(0.5)
    expect(report.tokens).toBeGreaterThan(report.rollouts)
  })

  test.each(labelMethods.filter(one => !one.fromWorked && !one.asksChat))(
    '$name labels steps, and counts what it asks the policy',
    async ({ name: method, options, asksJudge = false }) => {
      const out = fresh()
      const more = asksJudge ? ['--oracle', 'nested-arithmetic'] : []
      const asked = 'completions' in options ? few : [...policy, ...task]
      const report = await label(out, '--method', method, ...asked, ...more)
      const { solutions } = await readLabelled(out)
      expect(report.labelledSteps).toBeGreaterThan(4)
      expect(solutions.every(({ source }) => source === method)).toBe(true)
      if (method === 'oracle')
        expect([report.rollouts, report.oracle!.firstErrorF1]).toEqual([0, 1])
      if (method === 'consensus') expect(report.oracle!.stepAccuracy).toBe(1)
    },
  )

  test('judged has what a chat model says, and counts where that cannot be read', async () => {
    const server = await chatServer(({ body }) => {
      const asked = body.messages.at(-1)!.content
      if (asked.includes('2+1')) return 'Fine, all of it: \\boxed{2/2}'
      return (asked.match(/<step_/g) ?? []).map((_, s) => `so \\boxed{${s}/5}`).join('\n')
    })
    try {
      const out = fresh()
      const rows = [
        { prompt: 'Compute 1+2.\n\n', answer: '3', steps: ['1+2=3', 'so 3', '\\boxed{3}'] },
        { prompt: 'Compute 2+1.\n\n', answer: '3', steps: ['so 3', '\\boxed{3}'] },
      ].map(({ steps, ...problem }, i) => ({ id: `${i}`, problem, steps }))
      const judge = ['--judge', server.url, '--judge-model', 'm', '--retries', '0']
      const asking = ['--method', 'judged', ...judge, '--style', 'principles']
      const report = await label(out, ...asking, ...policy, '--solutions', rowsFile(rows))
      expect(report).toMatchObject({
        ...{ solutions: 2, labelledSteps: 3, rollouts: 0 },
        unlabelledSolutions: { 'not-judged': 1 },
      })
      const { solutions } = await readLabelled(out)
      expect(solutions.map(({ labels_S }) => labels_S)).toEqual([
        [0, 0.2, 0.4],
        [null, null],
      ])
    } finally {
      await server.close()
    }
  })

  test('criteria: marks of a chat model become pairs of right and wrong steps', async () => {
    const server = await chatServer(({ body }) => {
      const sumOf = (text: string) => [...text].reduce((sum, x) => sum + x.charCodeAt(0), 0)
      const asked = body.messages.at(-1)!.content
      if (asked.includes('Which of the criteria')) return 'The second: \\boxed{2}'
      const steps = [...asked.matchAll(/<step_\d+>\n([\s\S]*?)\n<\/step_/g)].map(
        ([, step]) => step!,
      )
      return steps.map(step => `\\boxed{${1 + (sumOf(step) % 9)}}`).join(' ')
    })
    try {
      const out = fresh()
      const tree = [
        { criterion: 'Is right.', finer: [] },
        { criterion: 'Is long.', finer: [] },
      ]
      const rows = ['(3+4)*2', '(5+1)*3'].map(sum => ({
        ...{ question: `Compute ${sum}.`, answer: '1', meta: { criteria: tree } },
      }))
      const asking = ['--chat', server.url, '--chat-model', 'm', '--chat-retries', '0']
      const flags = ['--method', 'criteria', ...policy, ...asking, '--template', '{question}\n\n']
      const report = await label(out, ...flags, '--problems', rowsFile(rows), '--samples', '3')
      expect(report.rollouts).toBeGreaterThan(2)
      expect(server.asked[0]!.body.messages[0]!.content).toContain('1. Is right.\n2. Is long.')
      expect(server.asked.length).toBeGreaterThan(4)
      const { solutions } = await readLabelled(out)
      expect(solutions.length).toBeGreaterThan(6)
      expect(report.unlabelledSolutions).toEqual({})
      const placed = new Map<string, Set<number>>()
      for (const { problem, steps, labels_S } of solutions)
        for (const [at, label] of labels_S.entries()) {
          const place = JSON.stringify([problem.prompt, steps.slice(0, at)])
          if (label !== null) placed.set(place, (placed.get(place) ?? new Set()).add(label))
        }
      expect(placed.size).toBeGreaterThan(2)
      for (const labels of placed.values()) expect(labels).toEqual(new Set([0, 1]))
    } finally {
      await server.close()
    }
  })

  test('--steps says what closes a step of what is sampled', async () => {
    const samples = async (...flags: string[]): Promise<(readonly string[])[]> => {
      const out = fresh()
      const request = requestOf(out, ['--method', 'oracle', ...policy, ...task, ...flags])
      await labelAll(request, () => openModels(request, { turnEnd: null }))
      return (await readLabelled(out)).solutions.map(({ steps }) => steps)
    }
    const blankLines = await samples()
    const halves = await samples('--steps', '=')
    expect(halves.map(steps => steps.join(''))).not.toEqual(halves.map(steps => steps.join('=')))
    const joined = halves.map(steps =>
      steps
        .join('=')
        .split(/\n\n/)
        .map(step => step.trim()),
    )
    expect(joined).toEqual(blankLines)
  })

  test('mutations need no policy', async () => {
    const out = fresh()
    const report = await label(
      out,
      ...['--method', 'mutation', '--task', 'money-problems', '--count', '4', '--wrong', '2'],
    )
    expect(report).toMatchObject({ solutions: 12, rollouts: 0, sampledSolutions: 0 })
    const { solutions } = await readLabelled(out)
    expect(solutions.filter(({ kind }) => kind === null)).toHaveLength(4)
  })

  test('omega writes its trees as MATH-APS has them', async () => {
    const [out, tree] = [fresh(), fresh()]
    await label(out, '--method', 'omega', ...few, '--tree', tree)
    const { solutions } = await readLabelled(tree)
    expect(solutions.length).toBeGreaterThan(3)
    expect(
      solutions.every(({ source, meaning }) => source === 'math-aps-tree' && meaning === 'value'),
    ).toBe(true)
  })
})

describe('a run that ended early', () => {
  const flags = ['--method', 'monte-carlo', ...few, '--at-once', '1']

  test('by SIGKILL: ends with the same bytes and the same report', {
    timeout: 180_000,
  }, async () => {
    const [whole, killed] = [fresh(), fresh()]
    const expected = await label(whole, ...flags)
    expect(await killedAfter(1, killed, flags)).toBe('SIGKILL')
    appendFileSync(killed, '{"id":"half a li')
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const args = ['--out', killed, '--json', ...flags, '--resume']
    const [report] = await recordsOf<LabelReport>(command, args).finally(() => quiet.mockRestore())
    expect(report).toEqual(JSON.parse(JSON.stringify(expected).replaceAll('NaN', 'null')))
    expect(bytes(killed)).toEqual(bytes(whole))
  })

  test('and has nothing left to do tells the same again', async () => {
    const out = fresh()
    const report = await label(out, ...flags)
    const before = bytes(out)
    expect(await label(out, ...flags, '--resume')).toEqual(report)
    expect(bytes(out)).toEqual(before)
  })

  test('is not continued with other options, another model or another source', async () => {
    const out = fresh()
    await label(out, ...flags)
    const again = (...changed: string[]) => label(out, ...flags, '--resume', ...changed)
    await expect(again('--completions', '4')).rejects.toThrow(ConfigError)
    await expect(again('--completions', '4')).rejects.toThrow(
      'options.completions is 2 there and 4 here',
    )
    await expect(again('--seed', '2')).rejects.toThrow('seed is 1 there and 2 here')
    await expect(again('--count', '2')).rejects.toThrow('source.count is 3 there and 2 here')
    await expect(label(out, ...flags)).rejects.toThrow(RunError)
  })
})

/** Starts the command, and kills it once the journal tells of so many problems. */
async function killedAfter(done: number, out: string, flags: readonly string[]): Promise<unknown> {
  const child = spawn(
    process.execPath,
    [built('cli/main'), 'prm', 'label', '--out', out, ...flags],
    { stdio: 'ignore' },
  )
  const ended = new Promise(resolve => child.on('exit', (_, signal) => resolve(signal)))
  const journal = journalOf(out)
  const lines = (): number =>
    existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0
  const timer = setInterval(() => {
    if (lines() >= done) child.kill('SIGKILL')
  }, 2)
  const signal = await ended
  clearInterval(timer)
  return signal
}

describe('labels of solutions', () => {
  const problem = (i: number) => ({
    id: `p${i}`,
    prompt: `Compute (3+4)*${i}.\n\n`,
    answer: String(7 * i),
    meta: { task: 'nested-arithmetic', expression: `(3+4)*${i}` },
  })
  const solve = (i: number) => [
    `3+4=7, so 7*${i}`,
    `7*${i}=${7 * i}, so ${7 * i}`,
    `\\boxed{${7 * i}}`,
  ]
  const asked = ['--method', 'monte-carlo', ...policy, '--completions', '2']

  test('rows without labels: each comes out, those that cannot be labelled with the reason', async () => {
    const out = fresh()
    const file = rowsFile([
      { id: 'a', problem: problem(2), steps: solve(2) },
      { id: 'b', problem: problem(2), text: '3+4=8, so 8*2\n\n8*2=16, so 16\n\n\\boxed{16}' },
      { id: 'c', problem: problem(2), steps: ['3+4=7, so 7*2', ' '] },
      { id: 'd', problem: { ...problem(3), answer: null }, steps: solve(3) },
      { id: 'e', problem: { ...problem(1), answer: '\\frac{' }, steps: solve(1) },
      { id: 'f', problem: problem(1), steps: [] },
    ])
    const report = await label(out, ...asked, '--solutions', file)
    expect(report).toMatchObject({
      problems: 4,
      solutions: 6,
      labelledSolutions: 2,
      unlabelledSolutions: { 'empty-step': 1, 'no-answer': 1, ungradable: 1, 'no-steps': 1 },
      sampledSolutions: 0,
      rollouts: 8,
    })
    const { solutions } = await readLabelled(out)
    expect(solutions.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(solutions.map(({ answerRight }) => answerRight)).toEqual([
      true,
      false,
      false,
      null,
      null,
      false,
    ])
    expect(solutions[0]!.labels_S.at(-1)).toBe(1)
    expect(solutions[2]!.labels_S).toEqual([null, null])
  })

  test('rows of a format: the question gets a template, minform’s own prompt stays', async () => {
    const [first, second] = [fresh(), fresh()]
    const aps = rowsFile([
      {
        question: '(3+4)*2',
        final_answer: '14',
        reasoning_steps: {
          text: '(3+4)*2',
          mc_value: 1,
          children: [{ text: '3+4=8, so 8*2', mc_value: 0, children: [] }],
        },
      },
    ])
    const template = ['--template', 'Compute {question}.\n\n']
    const report = await label(first, ...asked, '--solutions', aps, ...template)
    const foreign = (await readLabelled(first)).solutions[0]!
    expect(foreign.problem.prompt).toBe('Compute (3+4)*2.\n\n')
    expect(foreign).toMatchObject({ labels_S: [0], answerRight: false, source: 'monte-carlo' })
    await label(second, ...asked, '--solutions', first)
    expect((await readLabelled(second)).solutions[0]!.problem).toEqual(foreign.problem)
    // the template of text, which this vocabulary cannot spell
    expect(report.unlabelledSolutions).toEqual({})
    const plain = await label(fresh(), ...asked, '--solutions', aps)
    expect(plain.unlabelledSolutions).toEqual({ 'not-spelled': 1 })
    expect(plain.unspelledLetters).toContain('Q') // of the template: Question
    expect(reportLines(plain, 'x')).toMatch(
      /not-spelled: the vocabulary of --model has no token for "Q", .*; write the texts without \(--template/,
    )
  })

  test('by uncertainty their tokens are read first', async () => {
    const out = fresh()
    const wrong = ['3+4=7, so 7*2', '7*2=15, so 15', '\\boxed{15}']
    const file = rowsFile([
      { id: 'a', problem: problem(2), steps: solve(2) },
      { id: 'b', problem: problem(2), steps: wrong },
    ])
    const unsure = [
      '--method',
      'adaptive',
      ...policy,
      '--completions',
      '6',
      '--order',
      'uncertainty',
    ]
    await label(out, ...unsure, '--solutions', file)
    const { solutions } = await readLabelled(out)
    expect(solutions.map(({ labels_S }) => labels_S)).toEqual([
      [1, 1, 1],
      [1, 0, null],
    ])
  })

  test('a changed file is not continued', async () => {
    const out = fresh()
    const file = rowsFile([{ id: 'a', problem: problem(2), steps: solve(2) }])
    await label(out, ...asked, '--solutions', file)
    const other = rowsFile([{ id: 'a', problem: problem(2), steps: solve(3) }])
    copyFileSync(other, file)
    await expect(label(out, ...asked, '--solutions', file, '--resume')).rejects.toThrow(
      'source.content is',
    )
  })

  test.each([
    { rows: ['{"id":'], error: 'not JSON' },
    { rows: [{ id: 'a', problem: 'q', steps: 'x' }], error: 'steps' },
    {
      rows: [
        { id: 'a', problem: 'q', steps: ['x'] },
        { id: 'a', problem: 'q', steps: ['y'] },
      ],
      error: 'the id "a" is there twice',
    },
    {
      rows: [{ id: 'a', problem: 'q', steps: ['x'], labels: [1, 0], meaning: 'value' }],
      error: 'labels: 2 for 1 steps',
    },
  ])('$error is a named error', async ({ rows, error }) => {
    const failed = label(fresh(), ...asked, '--solutions', rowsFile(rows))
    await expect(failed).rejects.toThrow(DataError)
    await expect(failed).rejects.toThrow(error)
  })
})

test('problems of a file: those without a gradable answer, and those that come twice, are counted', async () => {
  const out = fresh()
  const file = rowsFile([
    { id: 'a', question: 'Compute 3+4.', answer: '7' },
    { id: 'a', question: 'Compute 3+4.', answer: '7' },
    { id: 'b', question: 'Compute 3+5.' },
  ])
  const report = await label(
    out,
    ...[
      '--method',
      'monte-carlo',
      ...policy,
      '--problems',
      file,
      '--template',
      'Compute {question}\n\n',
    ],
    ...['--samples', '1', '--completions', '1'],
  )
  expect(report).toMatchObject({
    problems: 3,
    solutions: 1,
    skippedProblems: { duplicate: 1, 'no-answer': 1 },
    oracle: null,
  })
})

describe('is refused', () => {
  const base = ['--method', 'monte-carlo', ...policy]
  test.each([
    { flags: base, error: 'by one of --task, --problems and --solutions' },
    { flags: [...base, ...task, '--problems', 'x'], error: 'got --task and --problems' },
    { flags: ['--method', 'monte-carlo', ...task], error: 'needs --model' },
    {
      flags: [...base, ...task, '--searches', '3'],
      error: '--searches goes with --method omega, not with monte-carlo',
    },
    {
      flags: [...base, ...task, '--prm', 'x'],
      error: '--prm goes with --method consensus, judged',
    },
    { flags: ['--method', 'criteria', ...policy, ...task], error: 'criteria asks a chat model' },
    {
      flags: [...base, ...task, '--chat', 'http://localhost:1/v1', '--chat-model', 'm'],
      error: '--chat goes with --method criteria',
    },
    { flags: ['--method', 'consensus', ...few], error: 'by one of --prm, --judge and --oracle' },
    { flags: [...base, ...task, '--completions', '0'], error: 'must be at least 1' },
    { flags: [...base, ...task, '--tree', 'x'], error: '--tree goes with --method omega' },
    {
      flags: ['--method', 'omega', ...few, '--omega-labels', 'both'],
      error: 'Expected one of: value, rightness',
    },
    { flags: ['--method', 'mutation', '--solutions', 'x'], error: 'starts from worked solutions' },
    { flags: [...base, '--solutions', 'x', '--count', '3'], error: '--count goes with --task' },
    { flags: [...base, '--solutions', 'x', '--samples', '3'], error: '--samples goes with' },
    {
      flags: ['--method', 'monte-carlo', '--model', '/no/such', ...task],
      error: 'there is no folder or file /no/such',
    },
    { flags: [...base, '--problems', 'nowhere.jsonl'], error: 'nowhere.jsonl: cannot be read' },
  ])('$error', async ({ flags, error }) => {
    const out = fresh()
    await expect(label(out, ...flags)).rejects.toThrow(error)
    expect(existsSync(out)).toBe(false)
  })

  test('a model that cannot write', async () => {
    const prm = new URL('../../../models/prm', import.meta.url).pathname
    const request = requestOf(fresh(), ['--method', 'monte-carlo', '--model', prm, ...task])
    await expect(openModels(request, { turnEnd: null })).rejects.toThrow(
      'a token classifier cannot complete',
    )
  })

  test('a file that is there already, of which nothing is changed', async () => {
    const out = fresh()
    writeFileSync(out, 'mine\n')
    await expect(label(out, ...base, ...task)).rejects.toThrow('is there')
    expect(readFileSync(out, 'utf8')).toBe('mine\n')
  })
})
