import { expect, test } from 'vitest'
import { exact, fixed, inLine, seen, short } from '../../page/written-out.ts'

test('what is hidden in a text, or turns it round, is seen', () => {
  expect(seen('a\u0000b\u001b[31mc\u007f')).toBe('a␀b␛[31mc␡')
  expect(seen('x\u202eevil\u2066y\u200b\ufeff')).toBe('x⟨202E⟩evil⟨2066⟩y⟨200B⟩⟨FEFF⟩')
  expect(seen('half \ud83d of a sign, 😀 whole')).toBe('half ⟨D83D⟩ of a sign, 😀 whole')
  expect(seen('lines\nand\ttabs, שלום, 漢字')).toBe('lines\nand\ttabs, שלום, 漢字')
  expect(inLine(' a\n\n b '.repeat(100), 5)).toBe('a b a…')
})

test('numbers', () => {
  expect(fixed(-0.001)).toBe('0.00')
  expect(fixed(-1.239)).toBe('−1.24')
  expect(fixed(null)).toBe('–')
  expect(short(0.00001234)).toBe('1.23e−5')
  expect(short(-1234.5)).toBe('−1230')
  expect(exact(Math.fround(0.1))).toBe('0.1')
  expect(exact(null)).toBe('?')
})
