// Process rewards by any credit rule, from a judge that is wrong with a known chance: what studies vary one at a time.
// Begins as `minform train bench/results/recipes/step-credit.ts`.

import * as minform from 'minform'
import { advantages, credit, update } from 'minform'

type Steps = minform.StepRewards

const rules: Readonly<Record<string, credit.Rule<Steps>>> = {
  sum: credit.sum(),
  mean: credit.mean(),
  'suffix-min': credit.suffixMin(),
  'soft-min': credit.softMin(),
  'worst-step': credit.worstStep(), // nothing after it
  'worst-for-all': credit.worstOfAll(),
  gain: minform.creditSteps(scores_S => scores_S.map((score, s) => score - (scores_S[s - 1] ?? 0))),
  'clip-delta': credit.clipDelta({ ceiling: 0 }),
}

const baselines = ['leave-one-out', 'eq7', 'none']

/** The same scores, of which a share is turned round: by the seed, the problem and the steps up to there, always alike. */
function wrongOf(judge: minform.Scorer<Steps>, share: number, seed: number): minform.Scorer<Steps> {
  return async (groups, signal) => {
    const found = await judge(groups, signal)
    return found.map(({ steps_G_S, ...others }, p) => ({
      ...others,
      steps_G_S: steps_G_S.map((scores_S, g) => {
        const { problem, rollouts } = groups[p]!
        const texts = rollouts[g]!.steps.map(({ text }) => text)
        const isWrong = (s: number): boolean =>
          minform.hashSeed(seed, 'wrong', problem.prompt, ...texts.slice(0, s + 1)) / 2 ** 32 <
          share
        return scores_S?.map((score, s) => (isWrong(s) ? -score : score)) ?? null
      }),
    }))
  }
}

/** Scores in [-1, 1] moved to [0, 1]. */
function moved(judge: minform.Scorer<Steps>): minform.Scorer<Steps> {
  return async (groups, signal) =>
    (await judge(groups, signal)).map(found => ({
      ...found,
      steps_G_S: found.steps_G_S.map(scores_S => scores_S?.map(x => (x + 1) / 2) ?? null),
    }))
}

export default minform.recipe({
  name: 'step-credit',
  paper: 'arXiv:2504.15275',
  about: 'Process rewards by any credit rule, from a judge that is wrong with a known chance.',
  needs: ['prm'],
  differs: [],
  options: {
    ...minform.common,
    rule: { default: 'worst-for-all', choices: Object.keys(rules), help: 'of the process rewards' },
    baseline: { default: baselines[0]!, choices: baselines, help: 'of the process rewards' },
    wrong: { default: 0, min: 0, max: 1, help: 'share of scores that are turned round' },
    moved: { default: false, help: 'scores moved from [-1, 1] to [0, 1]' },
    processWeight: { default: 1, min: 0, help: 'weight of the process stream' },
    outcomeWeight: { default: 0, min: 0, help: 'weight of the outcomes' },
    labelled: { default: 1, min: 0, max: 1, help: 'share of problems whose answer is used' },
  },
  build: (o, { sample, grade, scoreSteps, maxTokens }, now) => {
    const wrong = o.wrong > 0 ? wrongOf(scoreSteps, o.wrong, now.seed) : scoreSteps
    const of = { 'leave-one-out': advantages.leaveOneOut, none: advantages.none }
    const baseline =
      o.baseline === 'eq7' ? advantages.eq7({ maxTokens }) : of[o.baseline as 'none']()
    return minform.method({
      rollouts: sample(o.groupSize),
      rewards: minform.both(grade, o.moved ? moved(wrong) : wrong),
      credit: credit.streams({ process: rules[o.rule]!, outcome: credit.outcome() }),
      advantages: advantages.combine(
        {
          process: { baseline, weight: o.processWeight },
          outcome: { baseline: advantages.leaveOneOut(), weight: o.outcomeWeight },
        },
        { maskClosing: o.maskClosing, whiten: o.whiten ? 'openrlhf' : 'none' },
      ),
      loss: update.sum(update.clipped({ clip: o.clip }), update.kl({ coefficient: o.klCoef })),
    })
  },
})
