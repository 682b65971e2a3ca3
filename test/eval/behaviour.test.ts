import { expect, test } from 'vitest'
import { behaviourOf, behaviourReport, entropyOf, equationsIn } from '../../src/eval/behaviour.ts'
import { passAtK, passAtKS } from '../../src/eval/pass-at-k.ts'
import { below, random } from '../../src/numbers/random.ts'
import { taggedAnswer } from '../../src/text/answer-tags.ts'
import { lastBox } from '../../src/text/boxes.ts'

test('at least s of k right samples (arXiv:2412.17256, section 2): two of two of four with two right is 1 in 6', () => {
  expect(passAtKS(4, 2, 2, 2)).toBeCloseTo(1 / 6, 12)
  expect(passAtKS(8, 3, 8, 3)).toBeCloseTo(1, 12)
  expect(passAtKS(8, 3, 8, 4)).toBeCloseTo(0, 12)
  expect(passAtKS(10, 0, 5, 1)).toBe(0)
  expect(() => passAtKS(4, 5, 2, 1)).toThrow(RangeError)
  expect(() => passAtKS(4, 2, 2, 0)).toThrow(RangeError)
})

test('with s 1 it is pass@k, and it falls with s', () => {
  const draw = random(2)
  for (let round = 0; round < 200; round++) {
    const n = 1 + below(draw, 30)
    const [c, k] = [below(draw, n + 1), 1 + below(draw, n)]
    expect(passAtKS(n, c, k, 1)).toBeCloseTo(passAtK(n, c, k), 9)
    const shares = Array.from({ length: k + 1 }, (_, i) => passAtKS(n, c, k, i + 1))
    for (let i = 1; i <= k; i++) expect(shares[i]!).toBeLessThanOrEqual(shares[i - 1]! + 1e-9)
    expect(shares[k]).toBeCloseTo(0, 9) // more than k of k
  }
})

test('equations are what stands to both sides of =, spaces and prose left out', () => {
  expect(equationsIn('so we get 2 + 3 = 5, and x = 7.\n\\frac{1}{2} = 0.5')).toEqual([
    '2+3=5',
    'x=7',
    '\\frac{1}{2}=0.5',
  ])
  expect(equationsIn('3*2=6=12/2')).toEqual(['3*2=6', '6=12/2'])
  expect(equationsIn('the answer = good\n= 3')).toEqual([])
})

test('entropy of answers: one answer none, two equal ones log 2, all different log k (arXiv:2507.14843, section 2)', () => {
  expect(entropyOf([])).toBe(0)
  expect(entropyOf(['7', '7'])).toBeCloseTo(0, 12)
  expect(entropyOf(['7', '8', '8', '7'])).toBeCloseTo(Math.log(2), 12)
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const values = Array.from({ length: 1 + below(draw, 20) }, () => String(below(draw, 6)))
    const entropy = entropyOf(values)
    expect(entropy).toBeGreaterThanOrEqual(-1e-12)
    expect(entropy).toBeLessThanOrEqual(Math.log(new Set(values).size) + 1e-12)
  }
})

test('what samples are like: equal right texts count once, code is told, no box is an answer', () => {
  const text_G = ['1+1=2 \\boxed{2}', '1+1=2 \\boxed{2} ', 'import it in Python \\boxed{2}', 'x']
  expect(behaviourOf(text_G, [true, true, true, false], lastBox)).toEqual({
    ...{ code: 1, distinct: 2, equations: 1 },
    answers: entropyOf(['2', '2', '2', '']),
  })
  const tagged = behaviourOf(['<answer>a</answer>', '\\boxed{b}'], [true, false], taggedAnswer)
  expect(tagged.answers).toBeCloseTo(Math.log(2), 12)
  expect(behaviourOf(text_G, [null, null, null, null], null).distinct).toBe(0)
})

test('over problems: means, problems with enough different right ones, and null where nobody looked', () => {
  const one = { code: 2, distinct: 4, equations: 3, answers: 0.5 }
  const seen = [
    { samples: 4, behaviour: one, entropy: 0.2 },
    { samples: 4, behaviour: { ...one, code: 0, distinct: 1, answers: 0 }, entropy: null },
  ]
  expect(behaviourReport(seen)).toEqual({
    ...{ code: 0.25, equations: 3, answers: 0.25, tokens: 0.2 },
    distinct: [
      { least: 1, share: expect.closeTo(1, 9) },
      { least: 2, share: expect.closeTo(0.5, 9) },
      { least: 4, share: expect.closeTo(0.5, 9) },
    ],
  })
  expect(behaviourReport([{ samples: 4 }])).toBeNull()
  expect(behaviourReport([{ samples: 2, behaviour: { ...one, distinct: 0 } }])!.tokens).toBeNull()
})
