// The test suites of other graders. They contradict each other, so each source has its own policy.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Policy, policies } from '../../../src/rewards/grade/policy.ts'
import { exactString } from '../../../src/rewards/verifiers/exact-string.ts'
import { gsm8k } from '../../../src/rewards/verifiers/gsm8k.ts'
import { math } from '../../../src/rewards/verifiers/math.ts'
import { multipleChoice } from '../../../src/rewards/verifiers/multiple-choice.ts'
import type { Verifier } from '../../../src/rewards/verifiers/verifier.ts'

interface Case {
  readonly id: number
  readonly source: string
  readonly gold: string | number
  readonly pred: string | number
  readonly expected: boolean
  readonly mode: string
  readonly opts: {
    readonly targets?: readonly string[]
    readonly float_rounding?: number
    readonly precision?: string | number
    readonly allow_set_relation_comp?: boolean
  }
  readonly math_verify_0_8_0?: boolean
  readonly disputed?: boolean
}

const cases = readFileSync('test/fixtures/grader-cases/cases.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Case)

/** What a source asks for beyond the eval policy. */
function switches({ source, opts }: Case): Partial<Policy> {
  if (source.startsWith('MARIO')) {
    return { percent: 'loose', tolerance: { absolute: 0, relative: 1e-4 }, gluedUnits: false }
  }
  if (source.startsWith('NVIDIA')) return { percent: 'loose' }
  if (source.startsWith('hendrycks')) return { listOrder: 'same' } // compares strings
  if (source.startsWith('thinking-machines')) return { unreducedFractions: false } // prm800k
  if (source.startsWith('OpenBMB')) {
    const absolute = Number(opts.precision ?? 1e-8)
    return { gluedUnits: false, tolerance: { absolute, relative: 0 } }
  }
  const decimals = opts.float_rounding ?? policies.eval.decimals
  const rounded = opts.float_rounding ?? policies.eval.rounded
  const latex = opts.targets !== undefined && !opts.targets.includes('expr')
  const relationForSet = opts.allow_set_relation_comp ?? false
  return { decimals, rounded, relationForSet, ...(latex ? { targets: ['latex'] as const } : {}) }
}

function verifierOf(one: Case): Verifier {
  if (one.mode === 'strict-string') return exactString() // DAPO's grader of AIME
  if (one.mode === 'string-match') return exactString({ loose: true })
  if (one.mode === 'mcq') return multipleChoice()
  if (one.mode === 'gsm8k') return gsm8k({ find: 'flexible' })
  return math('eval', switches(one))
}

function judge(one: Case): boolean | null {
  const bare = ['answer', 'latex', 'expr'].includes(one.mode)
  const request = { gold: String(one.gold), pred: String(one.pred) }
  return verifierOf(one)({ ...request, mode: bare ? 'answer' : 'text' }).correct
}

const verdicts = cases.map(one => ({ one, right: judge(one) }))
const wrong = verdicts.filter(({ one, right }) => (right ?? false) !== one.expected)

test('356 cases of other suites: all but a disputed one as expected', () => {
  expect(cases).toHaveLength(356)
  // its suite expects 1 - 1/e to equal 1 + 1/e
  expect(wrong.map(({ one }) => one.id)).toEqual([255])
})

test('nothing wrong is accepted that Math-Verify refuses', () => {
  const accepted = verdicts.filter(
    ({ one, right }) => right === true && !one.expected && one.math_verify_0_8_0 === false,
  )
  expect(accepted).toEqual([])
})

test.each(['reward', 'eval'] as const)('every attack is refused under %s', policy => {
  const attacks = cases.filter(one => /^constructed|issue #(14|41|60)/.test(one.source))
  expect(attacks.length).toBeGreaterThan(15)
  for (const { gold, pred } of attacks) {
    expect(math(policy)({ gold: String(gold), pred: String(pred) }).correct).not.toBe(true)
  }
})
