// Where an answer stands in a text, and what it comes to.
import { expect, test } from 'vitest'
import { extractAnswer, grade } from '../../../src/rewards/grade/grade.ts'

type Pairs = readonly (readonly [gold: string, text: string])[]

/** Found under both policies. */
const boxed: Pairs = [
  ['42', 'The final answer is $\\boxed{42}$.'],
  ['42', 'I think it is 41. No, \\boxed{42}.'],
  ['42', '\\boxed{41}. Wait, \\boxed{42}'],
  ['42', '<think>a</think>The answer is \\boxed{42}'],
  ['42', '\\boxed{\\boxed{42}}'],
  ['42', '\\fbox{42}'],
  ['42', '$\\boxed{42}$ dollars'],
  ['42', '\\boxed{42\\text{ dollars}}'],
  ['42', '\\boxed{x=42}'],
  ['42', '\\boxed{42} \\boxed{42}'],
  ['42', '\\boxed{42}, so the answer is 42.'],
  ['B', '\\boxed{B}'],
  ['\\text{Evelyn}', '\\boxed{\\text{Evelyn}}'],
  ['x^2+1', '\\boxed{f(x) = x^2+1}'],
  ['12', '\\begin{align*} x &= 3+9 \\\\ &= \\boxed{12} \\end{align*}'],
]

/** Found for evaluations alone. */
const spoken: Pairs = [
  ['B', '\\boxed{\\textbf{(B) } 12}'],
  ['42', 'The answer is 42.'],
  ['42', '**Answer:** 42'],
  ['42', 'Answer: $42$'],
  ['42', '\\[x = 42\\]'],
  ['42', 'So $x=42$ and we are done.'],
  ['42', 'We get 6*7 = 42'],
  ['42', 'Final Answer: 42'],
  ['42', '####42'],
  ['42', '... #### 42'],
  ['42', '<answer>42</answer>'],
  ['42', '\\boxed{42'],
  ['\\frac{1}{2}', 'The probability is 1/2.'],
  ['\\frac{1}{2}', 'The probability is $\\frac12$.'],
  ['0.5', 'It equals 50%.'],
  ['(1,2)', 'The point is $(1, 2)$.'],
  ['1,2', 'The solutions are $x=1$ and $x=2$.'],
  ['1,2', 'x = 1 or x = 2'],
  ['\\text{(B)}', 'The answer is (B).'],
  ['\\text{even}', 'The answer is: even'],
  ['x^2+1', 'Thus $f(x)=x^2+1$'],
  ['18', 'She makes 9 * 2 = $18 every day.\n#### 18'],
  ['18', 'So she makes $18 per day.'],
  ['1234.5', 'It costs $1,234.50 in total.'],
  ['[0,1]', 'Therefore the range is \\[ [0,1] \\]'],
  ['5', 'The answer is $5$ meters'],
  ['-5', 'The answer is -5.'],
  ['120', '$5!=120$'],
  ['2', '**Final Answer**\n\n$$\n2\n$$'],
  ['2\\sqrt{3}', 'Answer: 2√3'],
  ['10', 'The answer is $\\displaystyle 10$'],
  ['1/3', 'The answer is \\( \\frac{1}{3} \\) of the cake.'],
  ['8', 'The total is:\n\n8'],
  ['8', '8'],
  ['\\sqrt{2}', 'The answer is: \\sqrt{2}'],
  ['17', 'Hence n=17. I hope this helps!'],
  ['12', '\\begin{align*} x &= 3+9 \\\\ &= 12 \\end{align*}'],
  ['4', 'The answer is $2+2=4$.'],
  ['2024', 'Since 2023+1, the answer is 2024!'],
  ['3', 'Answer: 3 (three)'],
]

/** Not the answer under either policy. */
const other: Pairs = [
  ['$9$', 'Answer $ \n 9 \n $'],
  ['42', '\\boxed{42}. Wait, \\boxed{41}'],
  ['42', '<think>\\boxed{42}</think> \\boxed{41}'],
  ['42', '<think>hm \\boxed{42}'],
  ['42', 'The answer is forty-two'],
  ['42', '\\boxed{}'],
  ['3', 'There are 3 apples, 4 pears.'],
  ['5', 'The answer is -5.'],
  ['100', 'the answer is 100%'],
  ['6', 'x \\in \\{6\\}'],
  ['(-\\infty,2)', '$x<2$'],
]

const failing = (pairs: Pairs, policy: 'reward' | 'eval', right: boolean) =>
  pairs.filter(([gold, pred]) => grade({ gold, pred }, policy).correct !== right)

test('a box is found under both policies', () => {
  expect(failing(boxed, 'reward', true)).toEqual([])
  expect(failing(boxed, 'eval', true)).toEqual([])
})

test('prose is read for evaluations alone', () => {
  expect(failing(spoken, 'eval', true)).toEqual([])
  expect(failing(spoken, 'reward', false).filter(([, text]) => !text.includes('boxed'))).toEqual([])
})

test('what is no answer is none', () => {
  expect(failing(other, 'reward', false)).toEqual([])
  expect(failing(other, 'eval', false)).toEqual([])
})

test.each([
  ['so \\boxed{1}, \\boxed{2}', 'eval', '1 , 2'],
  ['so \\boxed{1}, \\boxed{2}', 'reward', '1 , 2'],
  ['so \\boxed{1}\n\n\\boxed{2}', 'eval', '2'],
  ['so \\boxed{1}, so I used \\boxed as asked', 'reward', '1'],
  ['\\boxed{1} no \\boxed{2}', 'eval', '2'],
  ['$1$ and $2$', 'eval', '1 , 2'],
  ['It is $28$ %', 'eval', '28%'],
  ['no answer here', 'reward', null],
  ['<think>\\boxed{1}', 'eval', null],
  [`${'x'.repeat(300_000)} \\boxed{5}`, 'reward', '5'],
] as const)('%s under %s gives %s', (text, policy, answer) => {
  expect(extractAnswer(text, policy)).toBe(answer)
})
