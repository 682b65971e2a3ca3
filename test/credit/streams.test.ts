import { expect, test } from 'vitest'
import type { Outcome, Scorer, StepRewards } from '../../src/method.ts'
import { method } from '../../src/recipe.ts'
import { advantages, credit, update } from '../../src/stages.ts'
import { worked } from '../example-groups.ts'

test('each stream is credited by its own rule', () => {
  const rule = credit.streams({ process: credit.worstStep(), outcome: credit.outcome() })
  const { process, outcome } = rule(worked.group, worked.rewards)
  expect(process[1]![0]).toBeCloseTo(0.7, 6)
  expect(outcome[1]![0]).toBe(1)
})

test('the compiler checks the wiring', () => {
  const rollouts = async () => []
  const grade: Scorer<Outcome> = async () => []
  const scored: Scorer<Outcome & StepRewards> = async () => []
  const process = { process: { baseline: advantages.none(), weight: 1 } }
  const outcome = { outcome: { baseline: advantages.none(), weight: 1 } }
  const processCredit = credit.streams({ process: credit.sum() })
  const loss = update.reinforce()
  const combined = advantages.combine(process)
  method({ rollouts, rewards: scored, credit: processCredit, advantages: combined, loss })
  // @ts-expect-error: the rewards compute no steps
  method({ rollouts, rewards: grade, credit: processCredit, advantages: combined, loss })
  const misnamed = advantages.combine(outcome)
  // @ts-expect-error: the advantages know no stream 'process'
  method({ rollouts, rewards: scored, credit: processCredit, advantages: misnamed, loss })
  const both = advantages.combine({ ...process, ...outcome })
  // @ts-expect-error: nothing credits the stream 'outcome'
  method({ rollouts, rewards: scored, credit: processCredit, advantages: both, loss })
})
