import { precisions } from '../../engine/engine.ts'
import { wholeFlag } from '../flags.ts'
import { stepsArgs, stepsFlag } from '../steps-flag.ts'
import { group } from './group.ts'

/** How long a run goes on, how much it samples, and when it measures. */
export const loopFlags = group({
  title: 'iterations',
  args: {
    iterations: { type: 'string', valueHint: 'count', description: 'default 40' },
    batch: {
      type: 'string',
      valueHint: 'count',
      description: 'problems of one iteration; default 24',
    },
    ahead: {
      type: 'string',
      valueHint: 'count',
      description:
        '1: the next iteration is sampled while this one is judged and learned, by weights one update older; default 0',
    },
    sampling: {
      type: 'enum',
      options: [...precisions],
      description:
        'int8: rollouts are drawn with weights of 8 bits, faster from some million parameters on, and learned from by how likely the policy itself finds them; default float32',
    },
    maxTokens: {
      type: 'string',
      valueHint: 'count',
      description: 'of one rollout; default 160, of text 256',
    },
    ...stepsArgs,
    evalEvery: {
      type: 'string',
      valueHint: 'count',
      description: 'iterations between validations; default 10',
    },
  },
  read: args => ({
    iterations: wholeFlag(args, 'iterations', 40, 0),
    problems: wholeFlag(args, 'batch', 24),
    ahead: wholeFlag(args, 'ahead', 0, 0, 1),
    sampling: precisions.find(known => known === args.sampling) ?? 'float32',
    maxTokens: wholeFlag(args, 'maxTokens', args.problems === undefined ? 160 : 256),
    steps: stepsFlag(args),
    evaluateEvery: wholeFlag(args, 'evalEvery', 10, 0),
  }),
  renewed: ['iterations'],
  told: ({ iterations, problems, ahead, sampling, maxTokens, steps, evaluateEvery }) => ({
    iterations: String(iterations),
    batch: String(problems),
    ahead: String(ahead),
    sampling,
    maxTokens: String(maxTokens),
    steps,
    evalEvery: String(evaluateEvery),
  }),
})
