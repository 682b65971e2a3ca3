import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pick, random } from '../../../../src/numbers/random.ts'
import { layoutEntry, minformLayout } from '../../../../src/prm/layout.ts'
import { conventionOf, conventions } from '../../../../src/prm/score/conventions.ts'
import { prmMethodOf, prmMethods } from '../../../../src/prm/train/methods/index.ts'
import { optionsOf, type PrmMethod } from '../../../../src/prm/train/methods/method.ts'
import { bothLabels } from '../../../../src/prm/train/methods/two-heads.ts'
import { trainPrm } from '../../../../src/prm/train/trainer.ts'
import { stepFormulas } from '../../../../src/rewards/step-formulas.ts'
import { toyJudge, toyPolicy } from '../../../toy.ts'
import { labelled, view } from '../views.ts'

const names = prmMethods.map(({ name }) => name)

test('the table', () => {
  const folder = new URL('../../../../src/prm/train/methods/', import.meta.url)
  const files = readdirSync(folder).map(file => file.replace('.ts', ''))
  const shared = ['critiquing', 'head', 'implicit', 'index', 'method', 'table']
  expect([...names].sort()).toEqual(files.filter(file => !shared.includes(file)).sort())
  expect(() => prmMethodOf('crossentropy')).toThrow("did you mean 'cross-entropy'?")
  expect(() => prmMethodOf('nonsense')).toThrow(`there is ${names.join(', ')}`)
  expect(() => optionsOf(prmMethodOf('mse'), { margin: '3' })).toThrow('--loss mse has no option')
  expect(() => optionsOf(prmMethodOf('q-ranking'), { margin: '-1' })).toThrow('at least 0')
})

describe.each(names)('%s', name => {
  const method = prmMethodOf(name)
  const options = optionsOf(method)

  test('says how it is asked, in every way to lay out texts', () => {
    for (const base of conventions.values()) {
      if (base.prompt.form === 'turns' && name !== 'label-token') continue // its turns are labels
      const layout = method.layout(base, options)
      const { score } = layout
      if (method.outputs === 0) expect(score.head).not.toBe('classes')
      else expect(stepFormulas[formulaOf(score)].classes).toBe(method.outputs)
      expect(layoutEntry(layout)).toBeDefined() // one that contradicts itself is refused
    }
  })

  // no token of the toy vocabulary is part of a verdict, and its judge reads how a solution ends, which rewritings do alike
  test.skipIf(name.startsWith('critique') || name === 'reasonings')(
    'learns to tell good solutions from bad ones',
    async () => {
      // The toy model reads one token: good solutions end, bad ones are cut off.
      const solutions = ['good', 'bad'].map((text, i) =>
        labelled([text], [1 - i], { answerRight: i === 0, ended: i === 0 }),
      )
      const model = method.outputs === 0 ? toyPolicy(2) : toyJudge(2, method.outputs)
      const reference = method.needsReference ? toyPolicy(2) : null
      const layout = labelsOfToy(method)
      const { examples, leftOut } = await method.examples(
        solutions,
        { ...view, layout },
        options,
        reference,
      )
      expect(leftOut).toEqual([])
      expect(examples.length).toBeGreaterThan(0)
      const draw = random(1)
      const losses: number[] = []
      await trainPrm(model, () => pick(draw, examples), method.objective(options), {
        headUpdates: 0,
        headRate: 0,
        updates: 40,
        learningRate: 0.05,
        batch: 4,
        onUpdate: (_, loss) => losses.push(loss),
      })
      expect(losses.every(Number.isFinite)).toBe(true)
      expect(losses.at(-1)).toBeLessThan(losses[0]!)
    },
  )
})

test('a convention keeps its formula where the loss trains such a head', () => {
  const kept = prmMethodOf('cross-entropy').layout(conventionOf('qwen-math-prm'), {})
  expect(kept.score).toEqual({ head: 'classes', formula: 'probability' })
  expect(kept.aggregation).toBe('product')
  const other = prmMethodOf('mse').layout(conventionOf('qwen-math-prm'), {})
  expect(other).toMatchObject({ score: { formula: 'sigmoid' }, threshold: 0.5 })
  expect(other.step.mark).toBe('<extra_0>')
  const labels = prmMethodOf('label-token').layout(conventionOf('math-shepherd'), {})
  expect(labels).toEqual(conventionOf('math-shepherd'))
})

test('two heads: rightness and value, each where it is known', () => {
  const rule = { mode: null, threshold: 0.5 }
  const right = labelled(['good', 'bad', 'good'], [1, 0, 1], { answerRight: true })
  expect(bothLabels(right, rule)).toEqual([
    [1, 1],
    [0, 1],
    [null, 1],
  ])
  expect(bothLabels({ ...right, answerRight: null }, rule)).toEqual([
    [1, null],
    [0, null],
    [null, null],
  ])
  const value = labelled(['good', 'bad'], [0.25, 0.75], { meaning: 'value', answerRight: true })
  expect(bothLabels(value, rule)).toEqual([
    [null, 0.25],
    [null, 0.75],
  ])
})

function formulaOf(score: ReturnType<PrmMethod['layout']>['score']) {
  if (score.head === 'classes') return score.formula
  throw new Error(`a ${score.head} head`)
}

/** The method's layout, with labels that the toy vocabulary has. */
function labelsOfToy(method: PrmMethod) {
  const layout = method.layout(minformLayout, optionsOf(method))
  const { score } = layout
  return score.head === 'labels'
    ? { ...layout, score: { ...score, right: 'q1', wrong: 'q2' } }
    : layout
}
