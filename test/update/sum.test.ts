import { expect, test } from 'vitest'
import { clipped } from '../../src/update/clipped.ts'
import { kl } from '../../src/update/kl.ts'
import { sum } from '../../src/update/sum.ts'
import { expectClose } from '../example-groups.ts'
import { batch } from './example-batch.ts'

test('a sum of losses adds values and slopes and keeps every metric', () => {
  const [a, b] = [clipped(), kl({ coefficient: 0.1 })]
  const [x, y, both] = [a, b, sum(a, b)].map(loss => loss.of(batch))
  expect(both.loss).toBeCloseTo(x.loss + y.loss, 12)
  expectClose(
    both.dlogprobs_G_T[0],
    x.dlogprobs_G_T[0].map((d, t) => d + y.dlogprobs_G_T[0][t]),
  )
  expect(both.metrics).toEqual({ ...x.metrics, ...y.metrics })
})
