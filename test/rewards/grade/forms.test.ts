// Forms that LaTeX has for one thing: each says what the usual one says, and nothing that is near it.
import { expect, test } from 'vitest'
import { below, random } from '../../../src/numbers/random.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'

const verdicts = (gold: string, preds: readonly string[]) =>
  preds.map(pred => [
    pred,
    ...(['reward', 'eval'] as const).map(
      policy => grade({ gold, pred, mode: 'answer' }, policy).correct,
    ),
  ])
const all = (preds: readonly string[], correct: boolean) =>
  preds.map(pred => [pred, correct, correct])

test.each(Array.from({ length: 8 }, (_, i) => i))('numbers %i', seed => {
  const next = random(seed)
  const [a, b] = [2 + below(next, 500), 501 + below(next, 500)]
  const cases = [
    {
      gold: `-\\frac{\\sqrt{${a}}}{${b}}`,
      equal: [
        `-{\\sqrt{${a}} \\over ${b}}`,
        `{-}\\frac{\\sqrt{${a}}}{${b}}`,
        `\\color{red}{-\\frac{\\sqrt{${a}}}{${b}}}`,
        `-\\mathbf{\\frac{\\sqrt{${a}}}{${b}}}`,
        `\\Large -\\dfrac{\\sqrt{${a}}}{${b}}`,
        `-\\frac{\\sqrt{${a}}}{${b}} = x`,
        `\\text{Area of the region} = -\\frac{\\sqrt{${a}}}{${b}}`,
      ],
      other: [
        `-{\\sqrt{${b}} \\over ${a}}`,
        `{\\sqrt{${a}} \\over ${b}}`,
        `{-}{\\sqrt{${a}} \\over ${b}}{-}1`,
        `\\text{Not} = -\\frac{\\sqrt{${a}}}{${b}}`,
        `\\text{less than} = -\\frac{\\sqrt{${a}}}{${b}}`,
        `-\\frac{\\sqrt{${a}}}{${b}} = x + 1`,
      ],
    },
    {
      gold: `\\begin{pmatrix}${a}&${b}\\\\0&1\\end{pmatrix}`,
      equal: [`\\begin{pmatrix}${a}&${b}\\cr 0&1\\end{pmatrix}`],
      other: [`\\begin{pmatrix}${b}&${a}\\cr 0&1\\end{pmatrix}`],
    },
    {
      gold: `x = ${a}, y = ${b}`,
      equal: [`\\begin{aligned} x &= ${a} \\\\ y &= ${b} \\end{aligned}`],
      other: [`\\begin{aligned} x &= ${b} \\\\ y &= ${a} \\end{aligned}`],
    },
    {
      gold: `${a}\\text{ km/h}`,
      equal: [`${a}\\,\\frac{\\text{km}}{\\text{h}}`, `${a} \\dfrac{\\mathrm{km}}{\\mathrm{h}}`],
      other: [`${a}\\,\\frac{\\text{h}}{\\text{km}}`, `${a}\\,\\frac{\\text{km}}{\\text{h}^2}`],
    },
    {
      gold: `${a}\\sin x`,
      equal: [`${a}\\operatorname{sin} x`, `${a} \\mathrm{sin}(x)`],
      other: [`${a}\\operatorname{cos} x`, `${a}\\operatorname{sin} ${a}x`],
    },
    { gold: `${a}^\\circ`, equal: [`${a}^\\text{o}`, `${a}^{\\mathrm{o}}`], other: [`${a}^{o}`] },
    { gold: `${a}:${b}`, equal: [`${a}{:}${b}`], other: [`${b}{:}${a}`, `${a}{,}${b}`] },
    {
      gold: `(-\\infty, ${a}]`,
      equal: [`\\{x \\in \\mathbb{R} : x \\le ${a}\\}`, `\\{x\\in\\mathbb{R}\\mid x\\le ${a}\\}`],
      other: [`\\{x \\in \\mathbb{Z} : x \\le ${a}\\}`, `\\{x \\in \\mathbb{R} : x < ${a}\\}`],
    },
    { gold: `\\binom{${b}}{2}`, equal: [`{${b} \\choose 2}`], other: [`{2 \\choose ${b}}`] },
    {
      gold: `\\frac{n}{6} + ${a}`,
      equal: [`\\frac n6 + ${a}`, `${a} + \\dfrac n6`, `${a}+\\tfrac n 6`],
      other: [`\\frac 6n + ${a}`, `\\frac n{6} + ${b}`, `\\frac{n6}{1} + ${a}`, `\\frac n6 ${a}`],
    },
    {
      gold: `0.1\\overline{2${a % 10}3}`,
      equal: [`0.1\\dot{2}${a % 10}\\dot{3}`, `0.1\\dot2${a % 10}\\dot3`],
      other: [
        `0.\\dot{1}2${a % 10}\\dot{3}`,
        `0.12${a % 10}\\dot{3}`,
        `0.1\\dot{2}\\dot{3}${a % 10}`,
      ],
    },
    {
      gold: `\\begin{cases} ${a} & x > 0 \\\\ ${b} & x \\le 0 \\end{cases}`,
      equal: [
        `\\left\\{\\begin{array}{ll} ${a}, & x>0 \\\\ ${b}, & x\\le 0 \\end{array}\\right.`,
        `\\left\\{\\begin{array}{cl} ${b} & \\text{if } x\\le0 \\\\ ${a} & \\text{if } x>0 \\end{array}\\right.`,
      ],
      other: [
        `\\left\\{\\begin{array}{ll} ${b}, & x>0 \\\\ ${a}, & x\\le 0 \\end{array}\\right.`,
        `\\left\\{\\begin{array}{ll} ${a}, & x>0 \\\\ ${b}, & x<0 \\end{array}\\right.`,
      ],
    },
    {
      gold: `\\mathbb{R} \\setminus \\{${a}, ${b}\\}`,
      equal: [
        `\\mathbb{R}-\\{${b},${a}\\}`,
        `\\mathbb{R} - \\left\\{${a}, ${b}\\right\\}`,
        `\\text{all real numbers except } ${a} \\text{ and } ${b}`,
        `\\text{All real numbers, excluding } ${a}, ${b}`,
      ],
      other: [
        `\\mathbb{R}-\\{${a}\\}`,
        `\\mathbb{R}-[${a}, ${b}]`,
        `\\mathbb{Q}-\\{${a}, ${b}\\}`,
        `\\text{all real numbers except } ${a}`,
        `\\text{all integers except } ${a} \\text{ and } ${b}`,
      ],
    },
    {
      gold: `${a}\\text{ cm}^2`,
      equal: [`${a}\\ [\\text{cm}^2]`, `${a} \\, (\\mathrm{cm}^{2})`],
      other: [
        `${a}\\ [\\text{cm}^3]`,
        `${a} \\, (\\text{m}^2)`,
        `${a}\\ (\\text{wrong})`,
        `${a}\\ (${b})`,
      ],
    },
    {
      gold: `${a}\\text{ m/s}`,
      equal: [`${a}\\ \\mathrm{m\\cdot s^{-1}}`, `${a}\\ \\mathrm{m \\cdot s^{-1}}`],
      other: [`${a}\\ \\mathrm{m\\cdot s}`, `${a}\\ \\mathrm{s\\cdot m^{-1}}`],
    },
    {
      gold: `x = ${a} + ${b}k, k \\in \\mathbb{Z}`,
      equal: [`${a} + ${b}n, n \\in \\mathbb{Z}`, `x = ${a} + ${b}n, n \\in \\mathbb{Z}`],
      other: [
        `${a} + ${b}n, n \\in \\mathbb{N}`,
        `x = ${a} + ${b}n, n \\in \\mathbb{N}`,
        `${b} + ${a}n, n \\in \\mathbb{Z}`,
      ],
    },
    {
      gold: '\\text{July 4}',
      equal: ['\\text{the 4th of July}', '\\text{4th of July}'],
      other: ['\\text{the 14th of July}', '\\text{before the 4th of July}', '\\text{the 4th}'],
    },
    {
      gold: '1011_2',
      equal: ['1011_{(2)}', '(1011)_{(2)}'],
      other: ['1011_{(3)}', `1011_{(${a})}`],
    },
  ]
  for (const { gold, equal, other } of cases) {
    expect([gold, ...verdicts(gold, equal)]).toEqual([gold, ...all(equal, true)])
    expect([gold, ...verdicts(gold, other)]).toEqual([gold, ...all(other, false)])
  }
})

test('an empty set in words, and an option that is called one', () => {
  const none = ['\\text{no solution}', '\\text{No real solutions.}', '\\text{the empty set}']
  expect(verdicts('\\emptyset', none)).toEqual(all(none, true))
  const some = ['\\text{one solution}', '\\text{no}', '0', '\\text{no solution or } 3']
  expect(verdicts('\\emptyset', some)).toEqual(all(some, false))
  expect(verdicts('B', ['\\text{Option B}'])).toEqual(all(['\\text{Option B}'], true))
  const others = ['\\text{Option C}', '\\text{Option B or C}']
  expect(verdicts('B', others)).toEqual(all(others, false))
})
