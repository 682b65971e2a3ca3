// Mistakes in the steps of a word problem: in the arithmetic, in what goes into it, and in what is done next.

import { below, pick, type Random } from '../../numbers/random.ts'
import {
  asMistake,
  type Mistake,
  type MistakeKind,
  repeatedStep,
  slip,
  withoutCarry,
} from './mistakes.ts'
import {
  askedFor,
  isReady,
  numberOf,
  type Operator,
  operate,
  type Progress,
  pending,
  type Quantity,
  solveText,
  type Work,
  workOf,
} from './sheet.ts'
import { factors, units } from './story-words.ts'

/** A mistake in the work of a quantity that could be computed now. */
function whileSolving(
  kind: MistakeKind,
  change: (work: Work, random: Random, state: Progress) => Work | null,
): Mistake<Progress> {
  return asMistake(kind, (state, random) => {
    const ready = pending(state).filter(one => isReady(state, one))
    if (ready.length === 0) return null
    const changed = change(workOf(state, pick(random, ready)), random, state)
    return changed && solveText(changed)
  })
}

/** The work with other parts, and the result that follows from them; null where that is no number at all. */
function redone(work: Work, parts: Partial<Work>): Work | null {
  const { left, operator, right } = { ...work, ...parts }
  const value = Math.floor(operate(left, operator, right))
  return Number.isSafeInteger(value) ? { ...work, ...parts, value } : null
}

/** The work with one of its two numbers replaced. */
function withNumber(work: Work, number: number, random: Random): Work | null {
  return redone(work, random() < 0.5 ? { left: number } : { right: number })
}

const wrongResult = whileSolving('result', (work, random) => ({
  ...work,
  value: slip(work.value, random),
}))
/** Any result up to 20, or twice the right one: what a model writes that has never seen the operation. */
const anyResult = whileSolving('result', (work, random) => ({
  ...work,
  value: below(random, Math.max(21, 2 * work.value)),
}))
const lostCarry = whileSolving('carry', work => {
  const value = withoutCarry(work.left, work.operator, work.right)
  return value === null ? null : { ...work, value }
})
const wrongOperand = whileSolving('operand', (work, random) =>
  withNumber(work, slip(random() < 0.5 ? work.left : work.right, random), random),
)
const wrongOperator = whileSolving('operator', (work, random) =>
  redone(work, { operator: pick(random, ['+', '-', '*', '/'] as const satisfies Operator[]) }),
)
const swapped = whileSolving('order', work => redone(work, { left: work.right, right: work.left }))
const copied = whileSolving('copied', (work, random, { sheet, values, known }) => {
  const written = sheet.quantities.flatMap(({ left, right }) => [left, right])
  const numbers = written.filter(one => typeof one === 'number')
  const found = [...known].map(name => values.get(name)!)
  return withNumber(work, pick(random, [...numbers, ...found, work.left]), random)
})
const distractor = whileSolving('distractor', (work, random, { sheet: { unneeded } }) =>
  unneeded.numbers.length === 0 ? null : withNumber(work, pick(random, unneeded.numbers), random),
)
const wrongUnit = whileSolving('unit', (work, random) => ({ ...work, unit: pick(random, units) }))
const wrongFactor = whileSolving('unit', (work, random, { sheet }) =>
  work.unit === askedFor(sheet).unit ? null : redone(work, { right: pick(random, factors) }),
)

/** A quantity with one of its operands taken from further back: from what that operand was computed from. */
function fromFurtherBack(
  kind: MistakeKind,
  isPassedOver: (operand: Quantity, state: Progress) => boolean,
): Mistake<Progress> {
  return asMistake(kind, (state, random) => {
    const { sheet, values } = state
    const found = pending(state).flatMap(one =>
      (['left', 'right'] as const).flatMap(side => {
        const through = sheet.quantities.find(({ name }) => name === one[side])
        if (!through || !isPassedOver(through, state)) return []
        return [through.left, through.right].flatMap(further =>
          typeof further === 'number' && through.unit === one.unit
            ? [] // the cost goes on, and what was added to it is left out
            : (redone(workOf(state, one), { [side]: numberOf(values, further) }) ?? []),
        )
      }),
    )
    return found.length === 0 ? null : solveText(pick(random, found))
  })
}

const droppedTerm = fromFurtherBack(
  'dropped',
  ({ operator, unit }, { sheet }) =>
    (operator === '+' || operator === '-') && unit === askedFor(sheet).unit,
)
const notConverted = fromFurtherBack('unit', ({ unit }, { sheet }) => unit !== askedFor(sheet).unit)
const skipped = asMistake<Progress>('skipped', (state, random) => {
  const later = pending(state).filter(one => !isReady(state, one))
  return later.length === 0 ? null : solveText(workOf(state, pick(random, later)))
})
const wrongBox = asMistake<Progress>('answer', ({ sheet, values, known }, random) => {
  const { name } = askedFor(sheet)
  return known.has(name) ? `\\boxed{${slip(values.get(name)!, random)}}` : null
})
const earlyBox = asMistake<Progress>('early-stop', ({ sheet, values, known }, random) =>
  known.has(askedFor(sheet).name) || below(random, 3) > 0 // rarer than a slip
    ? null
    : `\\boxed{${pick(random, [...values.values()])}}`,
)

/** Mistakes of all who solve word problems; one that stands several times is drawn as often. */
export const sheetMistakes: readonly Mistake<Progress>[] = [
  wrongResult,
  wrongResult,
  anyResult,
  anyResult,
  anyResult,
  anyResult,
  lostCarry,
  wrongOperand,
  wrongOperator,
  swapped,
  copied,
  copied,
  distractor,
  distractor,
  wrongUnit,
  wrongFactor,
  notConverted,
  droppedTerm,
  skipped,
  repeatedStep,
  wrongBox,
  earlyBox,
]
