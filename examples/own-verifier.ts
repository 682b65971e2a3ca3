// A verifier of one's own: it reads the answer with minform's grader, adds a rule, and combines with the form of the text.

import * as minform from 'minform'

/** Right where the answer is right, and given as a fraction in lowest terms. */
const lowestTerms: minform.Verifier = request => {
  const verdict = minform.math('reward', { unreducedFractions: false })(request)
  const answer = minform.extractAnswer(request.pred ?? '', 'reward') ?? ''
  if (!verdict.correct || !answer.includes('.')) return verdict
  return { ...verdict, correct: false, reason: 'different', score: 0 }
}

const verifier = minform.weighted([
  { verifier: lowestTerms, weight: 3 },
  { verifier: minform.formatCheck({ think: true }), weight: 1 },
])

const gold = '\\frac{3}{4}'
const texts = [
  '<think>6/8 = 3/4</think> It is \\boxed{\\frac{3}{4}}.',
  'It is \\boxed{\\dfrac34}.',
  '<think>6/8</think> It is \\boxed{\\frac{6}{8}}.',
  '<think>6/8</think> It is \\boxed{0.75}.',
  '<think>It may be \\boxed{\\frac{3}{4}}</think> I do not know.',
]
for (const pred of texts) {
  const { score, reason, method } = verifier({ gold, pred })
  console.log(`${score!.toFixed(2)}  ${reason.padEnd(9)}  ${(method ?? '-').padEnd(7)}  ${pred}`)
}
console.log(
  minform.grade(
    { gold: '(0, 1)', pred: '\\boxed{0 < x < 1}' },
    { ...minform.policies.eval, relationForSet: true },
  ),
)
