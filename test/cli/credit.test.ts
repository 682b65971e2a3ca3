import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from 'citty'
import { afterEach, describe, expect, test, vi } from 'vitest'
import command, { type CreditOptions, creditRow } from '../../src/cli/credit.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { expectClose } from '../example-groups.ts'
import golden from '../golden/pure-credit.json' with { type: 'json' }

interface Row {
  rollouts: { stepRewards?: number[]; stepLengths: number[]; outcome?: number | null }[]
  maxTokens: number
}

const row: Row = {
  rollouts: golden.group.map(({ r, L, v }) => ({ stepRewards: r, stepLengths: L, outcome: v })),
  maxTokens: golden.N,
}
const folder = mkdtempSync(join(tmpdir(), 'minform-credit-'))

afterEach(() => vi.restoreAllMocks())

/** Runs the command on lines of a file; returns its lines. */
async function run(lines: readonly unknown[], ...flags: readonly string[]): Promise<number[][][]> {
  const file = join(folder, 'groups.jsonl')
  const texts = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(file, texts.map(text => `${text}\n`).join(''))
  const out: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    out.push(String(chunk))
    return true
  })
  await runCommand(command, { rawArgs: [file, ...flags] })
  const found = out.join('').split('\n')
  expect(found.pop()).toBe('') // every line ends
  return found.map(text => (JSON.parse(text) as { advantages: number[][] }).advantages)
}

function expectRows(found: readonly number[][], rows: readonly (readonly number[])[]): void {
  expect(found.length).toBe(rows.length)
  for (const [g, numbers] of rows.entries()) expectClose(found[g], numbers)
}

const cases = (['sum', 'min_T0.1'] as const).flatMap(form =>
  (['PRM', 'VR', 'PRM+VR'] as const).map(source => ({ form, source })),
)
const formFlag = (form: string) => `--form=${form === 'sum' ? 'sum' : 'soft-min'}`

describe.each(cases)('$form, $source', ({ form, source }) => {
  const flags = [formFlag(form), `--rewards=${source.toLowerCase()}`]
  const numbers = golden[`${form}|${source}`]
  test.each([
    ['none', [], numbers.code_return],
    ['verl', [], numbers.code_adv],
    ['verl', ['--whiten'], numbers.code_adv_white],
    ['eq7', [], numbers.eq7_adv],
  ] as const)('%s %s', async (advantage, more, rows) => {
    const [found] = await run([row], ...flags, `--advantage=${advantage}`, ...more)
    expectRows(found, rows)
  })
})

const openrlhf = (['sum', 'min_T0.1'] as const).flatMap(form =>
  (['token', 'step'] as const).map(baseline => ({ form, baseline })),
)

describe.each(openrlhf)('$form, openrlhf-$baseline', ({ form, baseline }) => {
  const flags = [formFlag(form), `--advantage=openrlhf-${baseline}`]
  test.each(['PRM', 'PRM+VR'] as const)('%s', async source => {
    const [found] = await run(
      [row],
      ...flags,
      `--rewards=${source.toLowerCase()}`,
      '--mask-closing',
    )
    expectRows(found, golden[`${form}|openrlhf-${baseline}|${source}`])
  })
  test('not masked', async () => {
    const [found] = await run([row], ...flags, '--rewards', 'prm')
    expectRows(found, golden[`${form}|openrlhf-${baseline}|PRM|nomask`])
  })
})

test('OpenRLHF normalisation', async () => {
  const flags = ['--advantage', 'openrlhf-token', '--mask-closing', '--whiten']
  const [found] = await run([row], ...flags)
  expectRows(found, golden['openrlhf_norm|min|token|PRM+VR'].adv)
})

test('strict forms', async () => {
  const flags = ['--rewards', 'prm', '--advantage', 'none']
  const [worst] = await run([row], '--form', 'worst-step', ...flags)
  expectRows(worst, Object.values(golden['strict_min|eq3']))
  const [suffix] = await run([row], '--form', 'suffix-min', ...flags)
  expectRows(suffix, Object.values(golden['strict_min|intended']))
  const [mean] = await run([row], '--form', 'mean', ...flags)
  expectClose([mean[1][0], mean[1][8]], [0.75, 0.35])
})

describe.each(['0.01', '0.1', '1.0'] as const)('temperature %s', temperature => {
  test('the whole answer is worth its soft minimum', async () => {
    const flags = ['--rewards', 'prm', '--advantage', 'none', '--temperature', temperature]
    const [found] = await run([row], ...flags)
    const { A, B, C } = golden[`softmin_T${temperature}`]
    expectClose(
      found.map(returns_T => returns_T[0]),
      [A.total, B.total, C.total],
    )
  })
})

test('ties, one text in two cuts, a flipped worst step', async () => {
  const six = { stepRewards: Array(6).fill(0.9), stepLengths: Array(6).fill(1) }
  const returns = ['--rewards', 'prm', '--advantage', 'none']
  const [[ties]] = await run([{ rollouts: [six], maxTokens: 16 }], ...returns)
  expectClose(ties, golden['ties_T0.1_six_steps_of_0.9_return_per_step'])
  const twoAndOne = [
    { stepRewards: [0.6, 0.6], stepLengths: [4, 4] },
    { stepRewards: [0.6], stepLengths: [8] },
  ]
  for (const baseline of ['token', 'step'] as const) {
    const flags = ['--rewards', 'prm', '--advantage', `openrlhf-${baseline}`]
    const [found] = await run([{ rollouts: twoAndOne, maxTokens: 16 }], ...flags)
    expectRows(found, golden.same_text_two_vs_one_step[baseline])
  }
  const { true: right, est, G_true, G_est } = golden.theorem_counterexample
  const rollouts = [right, est].map(stepRewards => ({ stepRewards, stepLengths: [1, 1] }))
  const flags = ['--form', 'worst-step', ...returns]
  const [flipped] = await run([{ rollouts, maxTokens: 16 }], ...flags)
  expectRows(flipped, [G_true, G_est])
})

test('a missing outcome is no label: exactly 0', async () => {
  const rollouts = row.rollouts.map(({ outcome: _, ...rest }, g) =>
    g ? { ...rest, outcome: null } : rest,
  )
  const [found] = await run([{ ...row, rollouts }], '--rewards', 'vr', '--advantage', 'eq7')
  expect(found.map(advantages_T => advantages_T[0])).toEqual(golden.unlabelled_vr_eq7)
  expect(found.flat().every(a => a === 0)).toBe(true)
})

test('lines keep their order, blank ones are passed over, outcomes alone need no step rewards', async () => {
  const only = {
    rollouts: [
      { stepLengths: [2], outcome: 1 },
      { stepLengths: [1], outcome: 0 },
    ],
  }
  const lines = [
    { ...only, maxTokens: 4 },
    '',
    { rollouts: [], maxTokens: 4 },
    { ...only, maxTokens: 8 },
  ]
  const found = await run(lines, '--rewards', 'vr')
  expect(found).toEqual([[[1, 1], [-1]], [], [[1, 1], [-1]]])
})

test('an answer of no steps and no tokens is an empty list', () => {
  const rollouts = [{ stepRewards: [], stepLengths: [], outcome: 1 }, ...row.rollouts]
  for (const advantage of ['eq7', 'verl', 'openrlhf-token', 'openrlhf-step', 'none'] as const)
    expect(creditRow({ ...row, rollouts }, 'x:1', { advantage })[0]).toEqual([])
})

describe('bad rows name the line and the field', () => {
  const [first, ...others] = row.rollouts
  const withFirst = (changed: object) => ({
    ...row,
    rollouts: [{ ...first, ...changed }, ...others],
  })
  const big = { stepRewards: [3e38, 3e38, 3e38] }
  test.each<[string, unknown, CreditOptions, string]>([
    ['no rollouts', { maxTokens: 16 }, {}, 'f:3: rollouts: '],
    ['no maxTokens', { rollouts: row.rollouts }, {}, 'f:3: maxTokens: '],
    ['not an object', [1], {}, 'f:3: the row: '],
    ['a text', withFirst({ outcome: 'yes' }), {}, 'f:3: rollouts[0].outcome: '],
    ['no length', withFirst({ stepLengths: [4, 0, 3] }), {}, 'f:3: rollouts[0].stepLengths[1]: '],
    ['a null', withFirst({ stepRewards: [1, null, 1] }), {}, 'f:3: rollouts[0].stepRewards[1]: '],
    ['too few', withFirst({ stepRewards: [1] }), {}, 'stepRewards: 1 rewards for the 3 steps'],
    ['none', withFirst({ stepRewards: undefined }), {}, 'stepRewards: 0 rewards for the 3 steps'],
    ['too long', { ...row, maxTokens: 9 }, {}, 'stepLengths: 10 tokens, more than maxTokens 9'],
    ['too large', withFirst(big), { form: 'sum' }, 'f:3: rollouts: rewards too large'],
  ])('%s', (_, value, options, message) => {
    expect(() => creditRow(value, 'f:3', options)).toThrow(DataError)
    expect(() => creditRow(value, 'f:3', options)).toThrow(message)
  })

  test('in a file', async () => {
    await expect(run([row, 'not json'])).rejects.toThrow(/groups\.jsonl:2: not JSON/)
    await expect(run([row, '', { rollouts: [] }])).rejects.toThrow(/groups\.jsonl:3: maxTokens/)
  })
})

test('a temperature that is not above 0 is wrong usage', async () => {
  for (const text of ['0', '-1', 'warm', 'NaN'])
    await expect(run([row], `--temperature=${text}`)).rejects.toThrow(ConfigError)
})
