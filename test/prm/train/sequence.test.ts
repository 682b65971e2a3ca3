import { expect, test } from 'vitest'
import type { StepLabel } from '../../../src/prm/label/labelled.ts'
import { closingLabels, tokenLabels, weighWrong } from '../../../src/prm/train/sequence.ts'
import { textRollout } from '../../../src/rollouts/text-rollout.ts'
import type { Tokenizer } from '../../../src/tokenizer/tokenizer.ts'
import type { Problem } from '../../../src/types.ts'
import { problems, tokenizer } from '../../toy.ts'

const [problem] = problems as [Problem]
const _ = -100 // no label

/** These steps after a prompt of one token, closed by the end token. */
function example(steps: readonly string[], labels_S: readonly StepLabel[], by = tokenizer) {
  return { problem, rollout: textRollout('q0', steps, true, by), labels_S }
}

/** The classes of the sampled tokens, the prompt's left out. */
function classes(
  steps: readonly string[],
  labels_S: readonly StepLabel[],
  right: readonly string[],
  by?: Tokenizer,
): number[] {
  const found = tokenLabels(example(steps, labels_S, by), right, by ?? tokenizer)
  const { promptIds } = textRollout('q0', [], true, by ?? tokenizer)
  expect(found.classes).toHaveLength(found.ids.length)
  expect([...found.classes.subarray(0, promptIds.length)].every(one => one === _)).toBe(true)
  return [...found.classes.subarray(promptIds.length)]
}

test('closing labels stand at the closing tokens of labelled steps alone', () => {
  const rollout = textRollout('q1q0', ['good', 'bad', 'good'], true, tokenizer)
  const labelled = closingLabels({ problem, rollout, labels_S: [true, false, null] })
  expect([...labelled.ids]).toEqual([6, 5, 3, 2, 4, 2, 3, 1])
  expect([...labelled.classes]).toEqual([_, _, _, 1, _, 0, _, _])
})

test('every token of a right step is right, blank line and end token among them', () => {
  expect(classes(['goodq1', 'good'], [true, true], [])).toEqual([1, 1, 1, 1, 1])
  expect(classes(['good', 'q1'], [true, null], [])).toEqual([1, 1, _, _])
})

test('a wrong step is right up to the token where it leaves what could be right', () => {
  const labels = [true, false, null]
  // good \n\n | good q1 bad \n\n | good <end>
  expect(classes(['good', 'goodq1bad', 'good'], labels, ['goodq2bad'])).toEqual([
    1,
    1,
    1,
    0,
    0,
    0,
    _,
    _,
  ])
  expect(classes(['good', 'badq1', 'good'], labels, ['goodq1'])).toEqual([1, 1, 0, 0, 0, _, _])
})

test('a token of several characters that only begins right is where a step leaves', () => {
  // 'goodq1' and 'goodq2' share 'goodq', which ends inside the second token.
  expect(classes(['goodq1', 'q0'], [false, null], ['goodq2'])).toEqual([1, 0, 0, _, _])
})

test('of several right texts the one that holds longest decides', () => {
  const right = ['bad', 'goodgoodq3', 'goodq1']
  expect(classes(['goodgoodbad'], [false], right)).toEqual([1, 1, 0, 0])
  expect(classes(['goodgoodbad'], [false], right.slice(0, 1))).toEqual([0, 0, 0, 0])
})

test('where a right step broke off, or went on too long, its closing token is wrong', () => {
  expect(classes(['good', 'q1'], [false, null], ['goodq1'])).toEqual([1, 0, _, _])
  expect(classes(['goodq1'], [false], ['goodq1'])).toEqual([1, 1, 0]) // right, but the answer is missing
  expect(classes(['goodq1bad'], [false], ['goodq1'])).toEqual([1, 1, 0, 0])
  const cut = textRollout('q0', ['goodq1'], false, tokenizer)
  const { classes: found } = tokenLabels(
    { problem, rollout: cut, labels_S: [false] },
    ['goodq1bad'],
    tokenizer,
  )
  expect([...found]).toEqual([_, 1, 0])
})

test('a wrong step that is empty is wrong at its blank line', () => {
  expect(classes(['', 'good'], [false, null], ['good'])).toEqual([0, _, _])
})

test('where no right text is known, a wrong step has its closing label only', () => {
  expect(classes(['good', 'goodbad', 'good'], [true, false, null], [])).toEqual([
    1,
    1,
    _,
    _,
    0,
    _,
    _,
  ])
})

test('a character that several tokens spell is left with its last token', () => {
  // Bytes of 'é' and 'è': the first is the same, and only the second says which it is.
  const bytes: Tokenizer = {
    ...tokenizer,
    encode: text => Int32Array.from(Buffer.from(text)),
    pieces: ids => {
      const decoder = new TextDecoder()
      return Array.from(ids, id => decoder.decode(Uint8Array.of(id), { stream: true }))
    },
  }
  expect(classes(['xé'], [false], ['xè'], bytes)).toEqual([1, 1, 0, 0])
})

test('a wrong token can count more than a right one', () => {
  const labels = { ids: Int32Array.of(4, 5, 6), classes: Int32Array.of(1, _, 0) }
  expect(weighWrong(labels, 1)).toBe(labels)
  expect(weighWrong(labels, 3)).toEqual({
    ids: labels.ids,
    targets: Float32Array.of(0, 1, Number.NaN, Number.NaN, 3, 0),
  })
})
