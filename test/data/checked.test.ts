import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checked, fieldName, type Wording } from '../../src/data/checked.ts'

/** What is said of a value; null where it fits. */
function wrong(schema: z.ZodType, value: unknown, wording?: Wording): string | null {
  try {
    checked(schema, value, text => new Error(text), wording)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const text = z.string().min(1)
const cases: readonly [z.ZodType, unknown, string][] = [
  [z.object({ id: z.string() }), {}, 'id: missing; expected a text'],
  [z.object({ id: z.string() }), { id: null }, 'id: null; expected a text'],
  [z.object({}), 7, 'the row: 7; expected an object'],
  [z.array(z.int()), [1, 1.5], '[1]: 1.5; expected a whole number'],
  [
    z.object({ a: z.array(z.boolean()) }),
    { a: [true, 'no'] },
    'a[1]: "no"; expected true or false',
  ],
  [text, '', 'the row: ""; expected a text of at least 1 character'],
  [z.array(text).min(2), ['a'], 'the row: a list of 1; expected a list of at least 2 entries'],
  [z.number().positive(), 0, 'the row: 0; expected a number of more than 0'],
  [z.number().max(1), 1.5, 'the row: 1.5; expected a number of at most 1'],
  [z.number().lt(1), 1, 'the row: 1; expected a number of less than 1'],
  [z.number().multipleOf(32), 33, 'the row: 33; expected a multiple of 32'],
  [z.enum(['on', 'off']), 'of', 'the row: "of"; expected one of "on", "off"'],
  [z.literal(1), {}, 'the row: an object; expected 1'],
  [
    z.union([z.string(), z.number(), z.null()]),
    [],
    'the row: a list of 0; expected a text or a number or null',
  ],
  [z.union([z.string(), z.array(z.string())]), ['a', 7], '[1]: 7; expected a text'],
  [
    z.union([z.object({ a: z.object({ b: z.string() }) }), z.object({ c: z.number() })]),
    { a: { b: 1 } },
    'a.b: 1; expected a text',
  ],
  [
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a') }),
      z.object({ kind: z.literal('b') }),
    ]),
    { kind: 'c' },
    'kind: "c"; expected one of "a", "b"',
  ],
  [z.strictObject({ a: z.string() }), { a: '', b: 1 }, 'the row: unknown: "b"'],
  [
    z.record(z.string().regex(/^x/), z.number()),
    { y: 1 },
    'y: a name that is a text of the form /^x/',
  ],
  [z.string().refine(one => one === 'x'), 'y', 'the row: "y"; expected another value'],
  [
    z.string().refine(() => false, 'expected a boxed answer'),
    'y',
    'the row: "y"; expected a boxed answer',
  ],
]

describe('what does not fit', () => {
  test.each(cases)('%# %s', (schema, value, message) => {
    expect(wrong(schema, value)).toBe(message)
  })

  test('is told below the name of the value, and several of it where that is asked for', () => {
    const schema = z.object({ a: z.string(), b: z.string(), c: z.string() })
    expect(wrong(schema, { a: '' }, { at: 'minform' })).toBe('minform.b: missing; expected a text')
    expect(wrong(schema, {}, { most: 2 })).toBe(
      'a: missing; expected a text; b: missing; expected a text; and 1 more',
    )
    expect(fieldName(['a', 0, 'b'])).toBe('a[0].b')
  })

  test('a long text is cut, and control characters are spelled', () => {
    expect(wrong(z.number(), 'a\u001b\n'.repeat(40))).toMatch(
      /^the row: "(a\\u001b\\n){13}a"\.\.\.; expected a number$/,
    )
  })
})

test('never in the words of the library, whatever the schema and the value', () => {
  const leaf = fc.constantFrom<z.ZodType>(
    z.string(),
    z.string().min(2).max(3),
    z.string().length(4),
    z.string().startsWith('x'),
    z.url(),
    z.iso.date(),
    z.number().gt(1).lte(2),
    z.int().min(0).max(5),
    z.boolean(),
    z.null(),
    z.enum(['on', 'off']),
    z.literal(7),
    z.never(),
    z.bigint(),
    z.date(),
    z.undefined(),
    z.nan(),
  )
  const schemas = fc.letrec<{ schema: z.ZodType }>(tie => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map(all => z.union(all)),
      tie('schema').map(one => z.array(one).min(1).max(2)),
      tie('schema').map(one => z.record(z.string().max(2), one)),
      fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => z.object({ a, b: b.optional() })),
      fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => z.strictObject({ a, b })),
      fc.tuple(tie('schema'), tie('schema')).map(all => z.tuple(all)),
      fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => z.intersection(a, b)),
      tie('schema').map(one => z.set(one)),
      tie('schema').map(one => one.refine(() => false)),
    ),
  })).schema
  const key = fc.constantFrom('a', 'b', 'long')
  const values = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>('', 'x', 'abcde', 0, 1.5, 7, -3, true, null, undefined, NaN, 1e300),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  })).value
  const raw =
    /invalid|too (small|big)|received|unrecognized|expected (string|number|array|object|int|boolean|record|never)\b|[<>]=|undefined|\[object/i
  fc.assert(
    fc.property(schemas, values, (schema, value) => {
      expect(wrong(schema, value) ?? '').not.toMatch(raw)
    }),
    { numRuns: 2000 },
  )
})
