import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { unspelled } from '../../src/tokenizer/unspelled.ts'

const abc = {
  encode: (text: string): Int32Array => {
    if (/^[abc]*$/.test(text)) return new Int32Array(text.length)
    throw new DataError('no')
  },
}

test('names each character that no token spells once, as it comes, and not all of them', () => {
  expect(unspelled(abc, ['abz', 'z🙂a', 'y'])).toEqual(['z', '🙂', 'y'])
  expect(unspelled(abc, ['zyx'], 2)).toEqual(['z', 'y'])
  expect(unspelled(abc, ['abc'])).toEqual([])
})
