import { expect, test } from 'vitest'
import { cardText, rewardCard } from '../../../src/prm/audit/card.ts'

const scorer = { name: 's', range: [-1, 1], threshold: 0, aggregation: 'min' } as const

test('a card holds what the training wrote down, and how scores are read (arXiv:2310.13595, section 5)', () => {
  const training = { source: { kind: 'task', task: 't', parts: [1] }, loss: 'q-ranking' }
  const card = rewardCard(scorer, training, '40 problems')
  expect(card).toMatchObject({ data: 'kind task, task t', objective: 'q-ranking', range: [-1, 1] })
  expect(cardText(card)).toContain('learned by    q-ranking\n')
})

test('what nobody wrote down is null, and said', () => {
  for (const training of [null, {}, { source: {}, loss: 3 }]) {
    const card = rewardCard(scorer, training, '40 problems')
    expect([card.data, card.objective]).toEqual([null, null])
    expect(cardText(card).match(/nobody has written it down/g)).toHaveLength(2)
  }
})
