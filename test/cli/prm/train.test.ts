import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { dispatch } from '../../../src/cli/dispatch.ts'
import { requestOf } from '../../../src/cli/prm/train.ts'
import { readLayout } from '../../../src/prm/layout.ts'
import { prmSettings } from '../../../src/train/prm-request.ts'
import { prmSubject } from '../../train/prm-subject.ts'
import { fixture } from '../commands.ts'

let subject: ReturnType<typeof prmSubject>
beforeAll(() => {
  subject = prmSubject()
})
afterAll(() => subject.remove())

const prm = { about: '', load: () => import('../../../src/cli/prm.ts') }

/** `minform prm train` with these arguments, in this process. */
async function train(...args: readonly string[]) {
  let [out, err] = ['', '']
  const add = (to: 'out' | 'err') => (text: unknown) => {
    if (to === 'out') out += String(text)
    else err += String(text)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(add('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(add('err')),
  ]
  const output = { out: add('out'), err: add('err'), version: '0', debug: false }
  try {
    const code = await dispatch({ prm }, ['prm', 'train', ...args], output)
    return { code, out, err }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('trains, shows the way, and says what came out and where', async () => {
  const out = join(subject.folder, 'made')
  const {
    code,
    out: said,
    err,
  } = await train(
    ...['--model', fixture('qwen2'), '--out', out, '--data', subject.data, '--threads', '1'],
    ...['--validation', '0.2', '--updates', '5', '--validate-every', '1', '--update-size', '4'],
    ...['--learning-rate', '3e-3', '--wrong-weight', '2', '--dtype', 'bfloat16'],
  )
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
  expect(err).toMatch(
    /rows\.jsonl: \d+ examples of \d+ solutions to learn, \d+ solutions to validate/,
  )
  expect(err).toContain('first-error F1, by validation')
  expect(err).toMatch(/updates {2}seconds {2}of processors.*\n +1 +\d+ +\d+ /)
  expect(said).toContain(`reward model: ${out} (cross-entropy, 5 updates)`)
  expect(said).toContain('a step with a score above 0 is right\n')
  expect(said).toContain(`metrics: ${out}-training/metrics.jsonl`)
  expect(await readLayout(out)).toMatchObject({ convention: 'minform' })
  expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).dtype).toBe('bfloat16')
  const again = await train('--model', fixture('qwen2'), '--out', out, '--data', subject.data)
  expect(again).toMatchObject({ code: 2 })
  expect(again.err).toContain('holds a model')
})

describe('wrong usage ends with 2, and writes nothing', () => {
  const base = ['--model', fixture('qwen2'), '--out', 'nowhere']
  test.each([
    [[], 'Missing required argument: --model'],
    [base, 'give either --data, files of labelled solutions, or --task'],
    [[...base, '--data', 'a', '--task', 'nested-arithmetic'], 'give either --data'],
    [[...base, '--data', 'a', '--max-tokens', '9'], '--max-tokens goes with --task'],
    [[...base, '--task', 'nested-arithmetic', '--validation', '0.1'], 'goes with --data'],
    [[...base, '--task', 'nested-arithmetic', '--skip-bad'], '--skip-bad goes with --data'],
    [[...base, '--task', 'nested'], 'unknown task "nested"; there are: nested-arithmetic'],
    [[...base, '--data', 'a', '--loss', 'dpo'], "two-heads, got 'dpo'"],
    [[...base, '--data', 'a', '--margin', '3'], "--loss cross-entropy has no option 'margin'"],
    [[...base, '--data', 'a', '--loss', 'q-ranking', '--margin', '-3'], 'must be at least 0'],
    [[...base, '--data', 'a', '--updates', '0'], "--updates is a whole number from 1, got '0'"],
    [[...base, '--data', 'a', '--labels', 'some'], '--labels is one of first-error, all'],
    [[...base, '--data', 'a', '--label-treshold', '1'], "did you mean '--label-threshold'"],
    [['--model', '', '--out', 'x', '--data', 'a'], '--model is empty'],
  ])('%j', async (args, what) => {
    const { code, err } = await train(...args)
    expect(err).toContain(what)
    expect(code).toBe(2)
    expect(existsSync('nowhere')).toBe(false)
  })

  test('a file that is not there is a failure', async () => {
    const { code, err } = await train(...base, '--data', '/nowhere.jsonl')
    expect(code).toBe(1)
    expect(err).toContain('/nowhere.jsonl')
  })
})

test('flags become a request', () => {
  const settingsOf = (args: Parameters<typeof requestOf>[0], flags: readonly string[] = []) =>
    prmSettings(requestOf(args, flags))
  const flags = ['--data', 'a.jsonl', '--data', 'b.jsonl']
  const request = settingsOf({ model: 'm', out: 'o/', loss: 'mse', validation: 'v.jsonl' }, flags)
  expect(request).toMatchObject({
    folder: 'o-training',
    inside: false,
    rule: { mode: null, threshold: 0.5 },
    source: { kind: 'files', files: ['a.jsonl', 'b.jsonl'], validation: 'v.jsonl' },
    updates: 1600,
    validateEvery: 160,
    newLayers: 0,
    replacedUpdates: 0,
    headUpdates: null,
    threshold: null,
  })
  const task = settingsOf({ model: 'm', out: 'o', task: 'nested-arithmetic', labels: 'all' })
  expect(task).toMatchObject({
    inside: true,
    rule: { mode: 'all' },
    newLayers: null,
    replacedUpdates: null,
    source: { kind: 'task', difficulty: 1, policy: 'm', labelledProblems: 8000 },
  })
  const ranked = { model: 'm', out: 'o', task: 'nested-arithmetic', loss: 'q-ranking', margin: '8' }
  expect(settingsOf(ranked)).toMatchObject({ inside: false, overrides: { margin: '8' } })
})
