import { describe, expect, test } from 'vitest'
import type { Baseline, Returns } from '../../src/method.ts'
import { advantages, credit } from '../../src/stages.ts'
import { credited, exampleGroup, expectClose, f32, worked } from '../example-groups.ts'
import golden from '../golden/pure-credit.json' with { type: 'json' }

const { group, rewards, maxTokens } = worked
const forms = { sum: credit.sum(), 'min_T0.1': credit.softMin({ temperature: 0.1 }) } as const
const sources = { PRM: ['process'], VR: ['outcome'], 'PRM+VR': ['process', 'outcome'] } as const
type Form = keyof typeof forms
type Source = keyof typeof sources

interface Case {
  readonly form: Form
  readonly source: Source
  readonly process: Baseline
  readonly outcome?: Baseline
  readonly options?: Parameters<typeof advantages.combine>[1]
}

/** Advantages of the worked example. */
function advantagesOf(c: Case): readonly Float32Array[] {
  const streams = credit.streams({ process: forms[c.form], outcome: credit.outcome() })
  const baselines = { process: c.process, outcome: c.outcome ?? advantages.leaveOneOut() }
  const pick = <T>(table: Record<'process' | 'outcome', T>): Record<string, T> =>
    Object.fromEntries(sources[c.source].map(name => [name, table[name]]))
  const parts = pick({
    process: { baseline: baselines.process, weight: 1 },
    outcome: { baseline: baselines.outcome, weight: 1 },
  })
  const streams_P = [pick<Returns>(streams(group, rewards))]
  return advantages.combine(parts, c.options)(credited([group], streams_P)).advantages_P_G_T[0]
}

function expectRows(found: readonly (Float32Array | null)[], rows: readonly (readonly number[])[]) {
  expect(found.length).toBe(rows.length)
  for (const [g, row] of rows.entries()) expectClose(found[g], row)
}

const cases = (['sum', 'min_T0.1'] as const).flatMap(form =>
  (['PRM', 'VR', 'PRM+VR'] as const).map(source => ({ form, source })),
)

describe.each(cases)('$form, $source', ({ form, source }) => {
  const numbers = golden[`${form}|${source}`]
  const verl = advantages.verl({ maxTokens })
  const none = advantages.none()

  test('returns', () =>
    expectRows(advantagesOf({ form, source, process: none, outcome: none }), numbers.code_return))

  test('verl, and its baseline', () => {
    const found = advantagesOf({ form, source, process: verl, outcome: verl })
    expectRows(found, numbers.code_adv)
    const baselines = found.map((a_T, g) => numbers.code_return[g][0] - a_T[0])
    expectClose(baselines, numbers.code_baseline)
  })

  test('verl, whitened', () => {
    const options = { whiten: 'verl' } as const
    const found = advantagesOf({ form, source, process: verl, outcome: verl, options })
    expectRows(found, numbers.code_adv_white)
  })

  test('eq. 7, and its baselines', () => {
    const process = advantages.eq7({ maxTokens })
    expectRows(advantagesOf({ form, source, process }), numbers.eq7_adv)
    const streams = credit.streams({ process: forms[form], outcome: credit.outcome() })
    const returns = streams(group, rewards)
    // Within a step the return is steady, so that what grows is the baseline.
    const perToken_G = process(group, returns.process).map(a_T => a_T[1] - a_T[0])
    if (source !== 'VR') expectClose(perToken_G, numbers.eq7_token_baseline)
    const outcome_G = advantages.leaveOneOut()(group, returns.outcome)
    if (source !== 'PRM')
      expectClose(
        returns.outcome.map((r_T, g) => r_T![0] - outcome_G[g][0]),
        numbers.eq7_vr_baseline,
      )
  })
})

describe.each(['sum', 'min_T0.1'] as const)('%s, OpenRLHF', form => {
  describe.each([
    ['token', advantages.openrlhfToken()],
    ['step', advantages.openrlhfStep()],
  ] as const)('%s baseline', (name, process) => {
    const options = { maskClosing: true }
    test.each(['PRM', 'PRM+VR'] as const)('%s', source =>
      expectRows(
        advantagesOf({ form, source, process, options }),
        golden[`${form}|openrlhf-${name}|${source}`],
      ),
    )
    test('closing tokens not masked', () =>
      expectRows(
        advantagesOf({ form, source: 'PRM', process }),
        golden[`${form}|openrlhf-${name}|PRM|nomask`],
      ))
  })
})

test('OpenRLHF normalisation: masked tokens are out of the count and stay 0', () => {
  const process = advantages.openrlhfToken()
  const masked = { form: 'min_T0.1', source: 'PRM+VR', process } as const
  const raw = advantagesOf({ ...masked, options: { maskClosing: true } }).flatMap(a => [...a])
  const options = { maskClosing: true, whiten: 'openrlhf' } as const
  const numbers = golden['openrlhf_norm|min|token|PRM+VR']
  expectRows(advantagesOf({ ...masked, options }), numbers.adv)
  const n = raw.filter(a => a !== 0).length
  const mean = raw.reduce((a, b) => a + b, 0) / n
  expect(mean).toBeCloseTo(numbers.mean, 5)
  expect(raw.reduce((sum, a) => sum + (a - mean) ** 2, 0) / n).toBeCloseTo(numbers.var, 5)
})

test('a step baseline favours fewer steps of the same text, a token baseline hardly', () => {
  const twice = exampleGroup([4, 4], [8])
  const process = credit.softMin()(twice, { steps_G_S: [f32(0.6, 0.6), f32(0.6)] })
  const numbers = golden.same_text_two_vs_one_step
  expectRows(advantages.openrlhfStep()(twice, process), numbers.step)
  expectRows(advantages.openrlhfToken()(twice, process), numbers.token)
})

test('rollouts without a label get exactly 0', () => {
  const returns_G = credit.outcome()(group, { outcome_G: [null, null, null] })
  const found = advantages.leaveOneOut()(group, returns_G)
  expect(found.map(a_T => a_T[0])).toEqual(golden.unlabelled_vr_eq7)
  expect(found.every(a_T => a_T.every(a => a === 0))).toBe(true)
})
