import { afterAll, expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { gatesOf, once, resolve } from '../../src/recipe.ts'
import { loadRecipe } from '../../src/user/recipe.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
afterAll(remove)

/** A recipe's file; what stands in `changes` takes the place of its own. */
function text(changes: Readonly<Record<string, string>> = {}): string {
  const fields = {
    name: "'mine'",
    needs: "['grader']",
    options: "{ ...learning, share: { default: 0.5, help: 'of nothing' } }",
    build: `(o, { sample, grade }) =>
    method({
      rollouts: sample(Number(o.groupSize)),
      rewards: grade,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({ outcome: { baseline: advantages.leaveOneOut(), weight: 1 } }),
      loss: update.reinforce(),
    })`,
    ...changes,
  }
  const lines = Object.entries(fields).map(([name, value]) => `  ${name}: ${value},\n`)
  return `import { advantages, credit, learning, method, recipe, update } from 'minform'
export default recipe({
${lines.join('')}} as any)`
}

test('a recipe of a file learns as a carried one does', async () => {
  const { recipe, source } = await loadRecipe(file('mine.ts', text()))
  expect(recipe).toMatchObject({ name: 'mine', paper: 'none', about: '', differs: [] })
  expect(Object.keys(source.code)).toEqual([source.file])
  const policy = toyPolicy()
  const options = resolve(recipe, { groupSize: '4' })
  expect(options).toMatchObject({ groupSize: 4, share: 0.5 })
  const learner = { policy, reference: null, learningRate: 0.1 }
  const method = recipe.build(options, toyNeeds(policy), once)
  const { dropped, groups_P } = await iterate(method, problems, learner, 1)
  expect([dropped, policy.version, groups_P[0]!.rollouts.length]).toEqual([null, 1, 4])
})

test('a recipe of a file may gate forms of answers, by its options', async () => {
  const gates = "o => (o.share > 0 ? ['repetition', 'empty-answer'] : [])"
  const { recipe } = await loadRecipe(file('gating.ts', text({ gates })))
  expect(gatesOf(recipe, resolve(recipe), ['giant-step'])).toEqual([
    ...['empty-answer', 'giant-step', 'repetition'],
  ])
  expect(gatesOf(recipe, resolve(recipe, { share: '0' }), [])).toEqual([])
  const wrong = await loadRecipe(file('wrong-gate.ts', text({ gates: "() => ['hacks']" })))
  expect(() => gatesOf(wrong.recipe, resolve(wrong.recipe), [])).toThrow(
    'gates: expected a list of empty-answer, giant-step, plan-without-solving, repetition, truncated-rewarded, found a list of 1',
  )
})

test.each([
  [{ gates: "['repetition']" }, 'gates: expected a function of the options'],
  [{ name: '5' }, 'name: expected a word that can name a folder, found 5'],
  [{ name: "'../up'" }, 'name: expected a word that can name a folder, found the text "../up"'],
  [
    { needs: "'grader'" },
    'needs: expected a list of prm, grader, solutions, chat, found the text "grader"',
  ],
  [
    { needs: "['judge']" },
    'needs: expected a list of prm, grader, solutions, chat, found a list of 1',
  ],
  [
    { abilities: "{ magic: 'all' }" },
    "abilities: no engine has 'magic'; expected some of entropies",
  ],
  [
    { abilities: '{ blends: true }' },
    'abilities.blends: expected a text: what it is for, found true',
  ],
  [{ options: 'undefined' }, 'options: expected an object of options, found undefined'],
  [
    { options: '{}' },
    'options.learningRate: expected a number by default; spread learning or common',
  ],
  [{ options: '{ ...learning, a: 5 }' }, 'options.a: expected an option: {default, help}, found 5'],
  [
    { options: '{ ...learning, a: { help: "h" } }' },
    'options.a.default: expected a number, a text',
  ],
  [
    { options: '{ ...learning, a: { default: 1 } }' },
    'options.a.help: expected a text, found undefined',
  ],
  [{ build: '5' }, 'build: expected a function, found 5'],
])('%s is refused when the file is loaded', async (changes, message) => {
  await expect(loadRecipe(file('odd.ts', text(changes)))).rejects.toThrow(
    new RegExp(`odd\\.ts: default export: ${message.replaceAll(/[[\]{}.()]/g, '\\$&')}`),
  )
})

test.each([
  ['export default () => 1', 'expected a recipe, as recipe({...}) makes it, found a function'],
  ['export default [1]', 'found a list of 1'],
  ['export const recipe = 1', 'expected a default export; it exports recipe'],
])('%s is no recipe', async (text, message) => {
  await expect(loadRecipe(file('odd.ts', text))).rejects.toThrow(message)
})

test.each([
  [
    '() => { throw new Error("not today") }',
    /odd\.ts: build: Error: not today \(odd\.ts:\d+:\d+\)/,
  ],
  ['() => ({ rollouts: 1 })', /odd\.ts: build: rollouts: expected a function, found 1/],
  [
    '() => ({ rollouts() {}, rewards() {}, credit() {}, advantages() {}, keep: () => true })',
    /odd\.ts: build: a method has no 'keep', .* it has problems, rollouts, rewards, select/,
  ],
  [
    '() => undefined',
    /odd\.ts: build: expected a method, as method\(\{\.\.\.\}\) makes it, found undefined/,
  ],
])('build %s is refused when it is called', async (build, message) => {
  const { recipe } = await loadRecipe(file('odd.ts', text({ build })))
  expect(() => recipe.build(resolve(recipe), toyNeeds(toyPolicy()), once)).toThrow(message)
})

test.each([
  [
    'rewards',
    'async () => { throw new TypeError("no reward") }',
    /odd\.ts: rewards: TypeError: no reward/,
  ],
  ['credit', '() => { throw "a text" }', /odd\.ts: credit: threw the text "a text"/],
  [
    'advantages',
    '(g: any) => g.nothing.at(0)',
    /odd\.ts: advantages: TypeError: .*\(odd\.ts:\d+:\d+\)/,
  ],
  [
    'loss',
    '{ needsReference: false, of: () => { throw new Error("no loss") } }',
    /odd\.ts: loss: Error: no loss/,
  ],
])('a %s that fails names the file', async (stage, code, message) => {
  const build = `(o, { sample, grade }) => ({
    rollouts: sample(2), rewards: grade,
    credit: credit.streams({ outcome: credit.outcome() }),
    advantages: advantages.combine({ outcome: { baseline: advantages.none(), weight: 1 } }),
    loss: update.reinforce(), ...{ ${stage}: ${code} } })`
  const { recipe } = await loadRecipe(file('odd.ts', text({ build })))
  const policy = toyPolicy()
  const method = recipe.build(resolve(recipe), toyNeeds(policy), once)
  const learner = { policy, reference: null, learningRate: 0.1 }
  await expect(iterate(method, problems, learner, 1)).rejects.toThrow(message)
})
