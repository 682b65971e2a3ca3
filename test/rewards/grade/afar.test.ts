// What agrees near 0 and parts beyond a bend is not equal, wherever the bend lies.
import { expect, test } from 'vitest'
import { below, random } from '../../../src/numbers/random.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'

const correct = (gold: string, pred: string) =>
  (['reward', 'eval'] as const).map(policy => grade({ gold, pred, mode: 'answer' }, policy).correct)

test.each([1, 10, 1000, 100_000])('bends at whole numbers up to %i', largest => {
  const next = random(largest, 'bends')
  for (let i = 0; i < 5; i++) {
    const c = 1 + below(next, largest) + (largest === 1 ? 2 : 0)
    const [a, b] = [2 + below(next, 8), 2 + below(next, 8)]
    const same = [
      [`|x-${c}|`, `|${c}-x|`],
      [`|${a}x+${c}|`, `|-${c}-${a}x|`],
      [`\\sqrt{x^2+${c}}`, `\\sqrt{${c}+x^2}`],
      [`\\max(x, ${c})`, `\\frac{x+${c}+|x-${c}|}{2}`],
      [`y = |x-${c}|`, `y - |${c}-x| = 0`],
      [`\\ln(x+${c})`, `-\\ln\\frac{1}{x+${c}}`],
      [`\\frac{x}{\\sqrt{x^2+${c}}}`, `x(x^2+${c})^{-1/2}`],
    ]
    const other = [
      [`|x-${c}|`, `${c}-x`],
      [`|x+${c}|`, `x+${c}`],
      [`|${a}x-${c}|`, `${c}-${a}x`],
      [`\\left|\\frac{x}{${b}}-${c}\\right|`, `${c}-\\frac{x}{${b}}`],
      [`\\sqrt{(x-${c})^2}`, `${c}-x`],
      [`\\sqrt{x^2-${2 * c}x+${c * c}}`, `${c}-x`],
      [`\\max(x, ${c})`, `${c}`],
      [`\\min(x, -${c})`, `-${c}`],
      [`|x-${c}|+|x+${c}|`, `${2 * c}`],
      [`(|x-${c}|, 1)`, `(${c}-x, 1)`],
      [`y = |x-${c}|`, `y = ${c}-x`],
      [`y = |x-${c}|`, `x + y = ${c}`],
      [`f(x) = |x-${c}|`, `f(x) = ${c}-x`],
    ]
    for (const [gold, pred] of same)
      expect([gold, pred, ...correct(gold!, pred!)]).toEqual([gold, pred, true, true])
    for (const [gold, pred] of other)
      expect([gold, pred, ...correct(gold!, pred!)]).toEqual([gold, pred, false, false])
  }
})

test('values that grow beyond all bounds cost no more time', () => {
  const began = process.cpuUsage()
  expect(correct('\\ln(e^{e^x})', 'e^x')).toEqual([true, true])
  expect(process.cpuUsage(began).user / 1e6).toBeLessThan(1) // of both; looking closer takes seconds
})
