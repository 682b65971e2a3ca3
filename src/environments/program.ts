import { z } from 'zod'
import type { Ran } from '../sandbox/job.ts'
import { isTagged } from '../text/answer-tags.ts'
import { judging } from './judging.ts'

/** What `meta` of a problem says: calls, and the values that they should give. */
export const testsOf = z.looseObject({
  tests: z.array(z.object({ call: z.string(), value: z.json() })).min(1),
})

/**
 * Runs the JavaScript of a rollout, then the calls of `meta.tests`: the outcome is 1 where each gives its value. What it should
 * give is not known to the program. Its parts: `passed`, the share of tests that it passes; `runs`, it comes to its end; `format`,
 * it is all that stands in tags; `statements`, how many of those it has.
 */
export const program = judging(
  'program',
  testsOf,
  ({ tests }) =>
    async (said, run) => {
      const code = said?.answer ?? null
      const format = Number(said !== null && isTagged(said.text))
      if (code === null) return { outcome: 0, parts: { passed: 0, runs: 0, statements: 0, format } }
      const ran = await run({ language: 'javascript', code, asks: tests.map(({ call }) => call) })
      const passed = passes(
        ran,
        tests.map(({ value }) => value),
      )
      const share = passed.filter(Boolean).length / tests.length
      return {
        outcome: Number(share === 1),
        parts: {
          passed: share,
          runs: Number(ran.ended === 'value'),
          statements: statements(code),
          format,
        },
      }
    },
  { what: 'your program in JavaScript' },
)

/** Which of the values that were wanted were given. */
export function passes(ran: Ran, wanted: readonly unknown[]): boolean[] {
  const given = ran.ended === 'value' && 'values' in ran ? ran.values : []
  return wanted.map((value, i) => {
    const one = given[i]
    return typeof one === 'string' && sorted(JSON.parse(one)) === sorted(value)
  })
}

/** JSON with the fields of objects in one order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

function statements(code: string): number {
  return code.split(/[;\n]/).filter(one => /\w/.test(one)).length
}
