import { afterAll, expect, test } from 'vitest'
import { gradingPool } from '../../../src/rewards/grade/pool.ts'

const pool = gradingPool()
afterAll(() => pool.close())

const identity = { gold: '$2\\sin b\\cos a$', pred: '\\boxed{\\sin(a+b)-\\sin(a-b)}' }
const integral = { gold: '$\\int_0^1 f(x) dx$', pred: '\\boxed{\\int_0^1 g(x) dx}' }

test('grades in order, with threads and without', async () => {
  const requests = [
    { gold: '9', pred: '\\boxed{9}' },
    identity,
    { gold: '9', pred: '\\boxed{8}' },
    { gold: '', pred: '\\boxed{8}' },
    // alike in 30 digits
    { gold: '$262537412640768744$', pred: '\\boxed{e^{\\pi\\sqrt{163}}}' },
    { gold: '$x^2$', pred: `\\boxed{${'x+'.repeat(300)}x}` },
  ]
  const verdicts = await pool.grade(requests, 'eval')
  expect(verdicts.map(({ correct }) => correct)).toEqual([true, true, false, null, false, false])
})

test('a thread that takes too long is ended, and the next one answers', async () => {
  const hasty = gradingPool({ budget: 1 })
  const [similar, unknown] = await hasty.grade([identity, integral])
  expect(similar).toEqual({ correct: true, reason: 'equal', method: 'numeric' }) // by sampling
  expect(unknown).toEqual({ correct: false, reason: 'timeout', method: null })
  await hasty.close()
  expect(await pool.grade([integral])).toMatchObject([{ correct: false, reason: 'undecided' }])
})

test('a signal ends a batch', async () => {
  await expect(pool.grade([identity], 'reward', AbortSignal.abort())).rejects.toThrow('aborted')
})
