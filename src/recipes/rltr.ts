import { learning, method, passes, recipe } from '../recipe.ts'
import { both } from '../rewards/both.ts'
import { summedUp } from '../rewards/summed-up.ts'
import { toolPlan } from '../rewards/tool-plan.ts'
import { advantages, credit, update } from '../stages.ts'

export default recipe({
  name: 'rltr',
  paper: 'arXiv:2508.19598',
  about:
    'GRPO on whether tool calls cover what is asked, by votes of a chat model; answers count not.',
  needs: ['chat'],
  differs: [
    'costs of 0.1 a repeated and 0.2 a failed call, and 3 votes; the paper says none',
    'the form is a boxed answer; calls are those of the calculator, none without an environment',
    'the model that sums up is the one that votes; what it answers is logged, and learned from nowhere',
    'a teacher is imitated by minform write solutions and sft before; rate for small models',
  ],
  options: {
    ...learning,
    votes: { default: 3, help: 'of the chat model, on each rollout', min: 1, integer: true },
    repeated: { default: 0.1, help: 'cost of a call that was made before', min: 0 },
    failed: { default: 0.2, help: 'cost of a call that failed', min: 0 },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  build: (o, { sample, grade, ask }, now) => {
    const seed = now.seed + now.iteration
    const answers = both(grade, summedUp(grade, ask, seed))
    return method({
      rollouts: sample(o.groupSize),
      rewards: both(answers, toolPlan(ask, { ...o, seed })),
      credit: credit.streams({ plan: credit.part('plan') }),
      advantages: advantages.combine({ plan: { baseline: advantages.groupNorm(), weight: 1 } }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    })
  },
})
