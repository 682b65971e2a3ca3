import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openWithNewHead } from '../../src/engine/onnx/open.ts'
import { readRun } from '../../src/runs/reader.ts'
import { fixture, rowsFile } from './commands.ts'
import { row, rows, tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
beforeAll(async () => {
  tiny = await tinyModels()
})
afterAll(() => tiny.remove())

let runs = 0
/** A folder for a run, not made yet. */
const newRun = (): string => join(tiny.folder, `run-${++runs}`)
/** A short run of the tiny models; later flags win over these. */
const short = (run: string, seed = 1): string[] => [
  ...['--problems', tiny.problems, '--model', tiny.base, '--prm', tiny.prm, '--run', run],
  ...['--iterations', '3', '--batch', '6', '--max-tokens', '24', '--eval-every', '2'],
  ...['--seed', String(seed), '--threads', '1', '--audit', 'off'], // the judge knows one sum
]
const weightsOf = (checkpoint: string): Buffer =>
  readFileSync(join(checkpoint, 'model.safetensors'))

/** A changed copy of a model folder, removed after the test. */
function copyOf(model: string, change: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'minform-model-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(model, folder, { recursive: true })
  change(folder)
  return folder
}

describe('wrong usage ends with 2', () => {
  test.each([
    [['sum-from'], "no recipe 'sum-from'; did you mean 'sum-form'?"],
    [['everything'], "no recipe 'everything'; minform recipes lists all "],
    [
      ['pure-vr', '--iteration', '3'],
      "train has no option '--iteration'; did you mean '--iterations'?",
    ],
    [['pure-vr', '--prm-weight', '2'], "train has no option '--prm-weight'"],
    [['--seed', '2', 'pure-vr'], 'name the recipe first: minform train pure-vr ...'],
    [['pure-vr', 'sum-form'], "one argument too many: 'sum-form'"],
    [['--iterations', 'many'], "--iterations is a whole number from 0, got 'many'"],
    [['--batch', '0'], "--batch is a whole number from 1, got '0'"],
    [['--seed'], '--seed needs a value'],
    [['--difficulty', '4'], "--difficulty is a whole number from 0 to 3, got '4'"],
    [
      ['--task', 'algebra'],
      'unknown task "algebra"; there are: nested-arithmetic, linear-equations',
    ],
    [['--task', 'linear-equations'], 'no models are carried for linear-equations; give --model'],
    [['--problems', 'x', '--task', 'linear-equations'], '--task does not go with --problems'],
    [
      ['--problems', 'x', '--prm', 'y'],
      'minform train worst-step-vr --problems x --model MODEL --prm y',
    ],
    [
      ['--problems', 'x'],
      'needs --model, the policy that learns (a Hugging Face folder) and something',
    ],
    [['--problems', 'x'], 'minform train pure-vr --problems x --model MODEL\n'],
    [['--problems', 'x'], 'minform train worst-step-vr --problems x --from-scratch\n'],
    [['pure-vr', '--problems', 'x'], 'pure-vr on problems of your own needs --model'],
    [
      ['./examples/own-recipe.ts', '--problems', 'x'],
      'minform train ./examples/own-recipe.ts --problems x --model MODEL --prm judge',
    ],
    [['--from-scratch', '--model', 'x'], '--from-scratch makes both models'],
    [['--judge-updates', '9'], '--judge-updates goes with --from-scratch'],
    [['--url', 'http://h'], '--url goes with --engine tinker'],
    [['--base-model', 'x'], '--base-model goes with --engine tinker'],
    [
      ['--engine', 'tinker', '--url', 'http://h', '--model', 'm', '--prices', '1,2'],
      "--prices are three, of a million tokens read, sampled and learned, got '1,2'",
    ],
    [['--engine', 'tinker'], '--engine tinker needs --url, the address of the server'],
    [['--engine', 'tinker', '--url', 'http://h'], '--engine tinker needs --model, the folder or'],
    [['--engine', 'tinker', '--url', 'h', '--model', 'models/base'], "'h' is no address"],
    [
      ['--engine', 'tinker', '--url', 'http://h', '--model', 'models/base'],
      '--engine tinker learns an adapter: give --lora, its rank, such as 32',
    ],
    [
      ['--engine', 'tinker', '--url', 'http://k:y@h', '--model', 'models/base', '--lora', '4'],
      'the address of h holds a user or a password',
    ],
    [['--from-scratch', '--prm', 'x'], '--from-scratch makes both models'],
    [
      ['--problems', 'x', '--model', 'y'],
      'minform prm train --model y --data labels.jsonl --out judge\n',
    ],
  ])('%j', async (args, message) => {
    const { code, out, err } = await train(...args)
    expect(err).toContain(message)
    expect([code, out]).toEqual([2, ''])
  })

  test.each([
    [['--group-size', '1'], "option 'groupSize' of pure-prm-vr must be at least 2, got '1'"],
    [['--labelled', '1.5'], "option 'labelled' of pure-prm-vr must be at most 1, got '1.5'"],
    [['--whiten=maybe'], "--whiten is true or false, got 'maybe'"],
    [['--whiten', 'false'], "--whiten takes no value; leave out 'false', or write --no-whiten"],
  ])('%j: an option of the recipe', async (args, message) => {
    const run = newRun()
    const { code, err } = await train('pure-prm-vr', ...short(run), ...args)
    expect(err).toContain(message)
    expect([code, existsSync(run)]).toEqual([2, false])
  })
})

describe('problems that cannot be used', () => {
  test.each([
    [['{"question": "a", '], ':1: not JSON'],
    [
      [row(1), { question: 'b', answer: [7] }],
      ':2: answer: a list of 1; expected a text or a number',
    ],
    [[row(1), '', { answer: 7 }], ':3: question: expected a text in question, problem or prompt'],
    [
      [row(1), { question: 'b', answer: 1, solution: 7 }],
      ':2: solution: 7; expected a text, or a list',
    ],
    [[{ prompt: 'a', gold: 7 }], ':1: no answer, but a field "gold"'],
    [[], ': no problems; expected one a row'],
    [[row(1)], ': of 1 problems none is left'],
    [
      rows.map(({ question, answer }) => ({ question, answer })),
      'with a worked solution to imitate',
    ],
  ])(
    '%#: the file and, where there is one, the line and field are named',
    async (content, message) => {
      const [file, run] = [rowsFile(content), newRun()]
      const { code, err } = await train('--problems', file, '--run', run, '--from-scratch')
      expect(err).toContain(
        `${file}${message.startsWith(':') ? message : ': of 240 problems none'}`,
      )
      expect(err).toContain(message)
      expect([code, existsSync(run)]).toEqual([1, false])
    },
  )

  test('a file that is not there', async () => {
    const { code, err } = await train('--problems', '/no/such.jsonl', '--from-scratch')
    expect(err).toContain('/no/such.jsonl: cannot be read')
    expect(code).toBe(1)
  })
})

describe('models that cannot be used leave no run behind', () => {
  const refused = async (
    model: string,
    prm: string,
  ): Promise<{ code: number | null; err: string }> => {
    const run = newRun()
    const { code, err } = await train(...short(run), '--model', model, '--prm', prm)
    expect(existsSync(run)).toBe(false)
    expect(err).not.toContain('defect')
    return { code, err }
  }

  test.each([
    ['truncated', (file: string) => truncateSync(file, 5000)],
    ['empty', (file: string) => truncateSync(file, 0)],
    [
      'foreign',
      (file: string) => writeFileSync(file, 'PK\u0003\u0004 a zip, no tensors'.repeat(9)),
    ],
    ["another model's", (file: string) => cpSync(fixture('qwen2/model.safetensors'), file)],
  ])('%s weights', async (_, damage) => {
    const model = copyOf(tiny.base, folder => damage(join(folder, 'model.safetensors')))
    const { code, err } = await refused(model, tiny.prm)
    expect(err).toMatch(/^minform: .*(: not safetensors|truncated|bytes|is this the right model)/)
    expect(err).toContain(model)
    expect(code).toBe(1)
  })

  test('no tokenizer', async () => {
    const model = copyOf(tiny.base, folder => rmSync(join(folder, 'tokenizer.json')))
    const { code, err } = await refused(model, tiny.prm)
    expect(err).toContain(join(model, 'tokenizer.json'))
    expect(code).toBe(1)
  })

  test('no folder', async () => {
    const { code, err } = await refused('/no/model', tiny.prm)
    expect(err).toContain('there is no folder or file /no/model, nor is that a name on the Hub')
    expect(code).toBe(2)
  })

  test('a language model as judge, a judge as policy', async () => {
    const judge = await refused(tiny.base, tiny.base)
    expect(judge.err).toContain(
      `${tiny.base}: its config.json does not say how it is asked for scores; name a convention with --convention: math-shepherd, rlhflow`,
    )
    const policy = await refused(tiny.prm, tiny.prm)
    expect(policy.err).toContain(`${tiny.prm} is a token classifier; a policy is a language model`)
    expect([judge.code, policy.code]).toEqual([2, 2])
  })

  test('a judge that does not say how it is asked', async () => {
    const { code, err } = await refused(tiny.base, fixture('qwen2-prm'))
    expect(err).toContain('--convention: minform, qwen-math-prm, pure-prm, trl')
    expect(code).toBe(2)
  })
})

describe('run folders that cannot be written', () => {
  test('one that is a file, or below a file', async () => {
    const file = rowsFile([])
    const taken = await train(...short(file))
    expect(taken.err).toContain(`${file} is a file; a run is a folder: choose another with --run`)
    const below = await train(...short(join(file, 'run')))
    expect(below.err).toContain(`cannot write a run to ${join(file, 'run')}: `)
    expect([taken.code, below.code]).toEqual([1, 1])
  })

  test.skipIf(process.getuid?.() === 0)('one in a folder that may not be written to', async () => {
    const folder = newRun()
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    const { code, err } = await train(...short(join(folder, 'run')))
    expect(err).toContain(`cannot write a run to ${join(folder, 'run')}: EACCES`)
    expect(code).toBe(1)
  })
})

describe('a judge near chance', () => {
  let prm: string
  beforeAll(async () => {
    prm = join(tiny.folder, 'chance')
    const judge = await openWithNewHead(tiny.base, { seed: 3, threads: 1 })
    await judge.save(prm)
    await judge.close()
  })
  const chance = (run: string): string[] => [
    ...[...short(run), '--prm', prm, '--convention', 'minform', '--iterations', '0'],
  ]

  test('is refused and leaves nothing: with --judge-check warn the same --run works at once', async () => {
    const run = newRun()
    const { code, out, err } = await train(...chance(run))
    expect(err).toMatch(
      /tells right from wrong steps at 0\.\d\d \(95 %: .* \(chance is 0\.5, wanted 0\.6\) on \d+ right and \d+ wrong steps of \d+ problems/,
    )
    expect(err).toContain('minform prm label')
    expect(err).toContain('pure-vr')
    expect([code, out, existsSync(run)]).toEqual([1, '', false])
    const warned = await train(...chance(run), '--judge-check', 'warn')
    expect(warned.err).toContain('warning: the process reward model tells right from wrong steps')
    expect(warned.code).toBe(0)
    const log = readRun(run).log()
    expect(log.find(({ event }) => event === 'process reward model checked')).toMatchObject({
      level: 'warn',
      verdict: 'refuse',
    })
  })

  test('a folder that cannot be written is told before anything is tried', async () => {
    const { code, err } = await train(...chance(join(rowsFile([]), 'run')))
    expect(err).toContain('cannot write a run to')
    expect(err).not.toContain('process reward model')
    expect(code).toBe(1)
  })
})

describe('a run', () => {
  test('fills its folder; the same seed gives it again bit for bit, another one does not', async () => {
    const [first, again, other] = [newRun(), newRun(), newRun()]
    const done = await train('pure-prm-vr', ...short(first))
    expect(done.err).not.toContain('minform:')
    expect(done.code).toBe(0)
    expect(done.out).toMatch(
      /accuracy on \d+ held-out problems, 4 samples each: .* before, .* after 3 iterations/,
    )
    expect(done.out).toContain(`run folder: ${first} `)
    expect(done.out).toMatch(new RegExp(`: minform view ${first}\n$`))
    expect(done.err).toMatch(
      /^this will take about [\d.]+ s to [\d.]+ s: 3 iterations .* to .*, evaluations .*\naccuracy on \d+ held-out problems/m,
    )

    const run = readRun(first)
    expect(run.log()).toContainEqual(
      expect.objectContaining({ event: 'estimated seconds', low: expect.any(Number) }),
    )
    expect(run.metrics().map(({ iteration }) => iteration)).toEqual([1, 2, 3])
    expect(run.metrics().map(m => 'eval/validation_accuracy' in m)).toEqual([false, true, true])
    expect(run.metrics().every(m => m['update/dropped'] === 0)).toBe(true)
    expect(run.config()).toMatchObject({
      recipe: 'pure-prm-vr',
      seed: 1,
      options: { groupSize: 8 },
    })
    expect(run.iterations()).toEqual([1, 2, 3])
    const rollouts = await run.rollouts(2)
    expect(rollouts).toHaveLength(6 * 8)
    expect(rollouts.every(r => r.stepRewards_S?.length === r.steps.length)).toBe(true)
    const [checkpoint] = run.checkpoints() as [string]
    expect(weightsOf(checkpoint)).not.toEqual(weightsOf(tiny.base))

    expect((await train('pure-prm-vr', ...short(again))).code).toBe(0)
    expect((await train('pure-prm-vr', ...short(other, 2))).code).toBe(0)
    const weights = [first, again, other].map(one => weightsOf(readRun(one).checkpoints()[0]!))
    expect(weights[1]!.equals(weights[0]!)).toBe(true)
    expect(weights[2]!.equals(weights[0]!)).toBe(false)
    const metrics = [first, again, other].map(one =>
      readRun(one)
        .metrics()
        .map(line =>
          Object.fromEntries(Object.entries(line).filter(([key]) => !key.startsWith('time/'))),
        ),
    )
    expect(metrics[1]).toEqual(metrics[0])
    expect(metrics[2]).not.toEqual(metrics[0])
    expect(await readRun(again).rollouts(3)).toEqual(await run.rollouts(3))

    const taken = await train('pure-vr', ...short(first))
    expect(taken.err).toContain(`${first} already holds a run (it has config.json)`)
    expect(taken.code).toBe(1)
    expect(readRun(first).metrics()).toHaveLength(3)
  })

  test('answers that cannot be graded are counted, and are never scored 0', async () => {
    const answers = ['', null, '$', 7, 7, 7]
    const file = rowsFile(rows.map((one, i) => ({ ...one, answer: answers[i % 6] })))
    const run = newRun()
    const { code, err } = await train('pure-vr', ...short(run), '--problems', file)
    expect(err).toContain('; 120 of 240 answers cannot be graded and count for nothing')
    expect(code).toBe(0)
    const found = readRun(run)
    expect(found.log()[0]).toMatchObject({ level: 'warn', problems: 120, of: 240 })
    const all = (await Promise.all(found.iterations().map(i => found.rollouts(i)))).flat()
    const unknown = all.filter(({ answer }) => answer !== '7')
    expect(unknown.length).toBeGreaterThan(0)
    expect(unknown.every(({ outcome }) => outcome === null)).toBe(true)
    const known = all.filter(({ answer }) => answer === '7')
    expect(known.every(({ outcome }) => outcome === 0 || outcome === 1)).toBe(true)
    const [metrics] = found.metrics()
    expect(metrics!['rewards/outcome_labelled']).toBeLessThan(1)
    expect(found.log().find(({ event }) => event === 'test accuracy before')!.graded).toBeLessThan(
      rows.length / 10,
    )
  })
})

test('problems that the models cannot read are left out and counted', async () => {
  const long = { ...row(1), question: 'Person 1 adds 3 and 4 '.repeat(30) }
  const strange = { ...row(2), question: 'Person 2 adds 3 and four €' }
  const [file, run] = [rowsFile([...rows, long, strange]), newRun()]
  const { code, err } = await train(
    'pure-vr',
    ...short(run),
    '--problems',
    file,
    '--iterations',
    '0',
  )
  expect(err).toContain('2 problems are left out: ')
  expect(code).toBe(0)
  expect(readRun(run).log()[0]).toMatchObject({ level: 'warn', problems: 2 })
})
