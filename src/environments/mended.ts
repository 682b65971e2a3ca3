import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'
import type { Environment } from '../rollouts/environment.ts'
import { taggedAnswer } from '../text/answer-tags.ts'
import { runCode } from './judging.ts'
import { passes, program, testsOf } from './program.ts'

const rounds = 3

/**
 * A program that may be mended: what is written is run, and where tests fail the policy is told how many pass, as `2/4`, and writes anew,
 * three times at most (FlowReasoner, arXiv:2504.15257, section 3.2). The last one is judged as `program` does; a part beside those of
 * it: `mended`, how often it was told.
 */
export const mended: Environment = {
  ...program,
  name: 'mended',
  async open(problem, seed, signal) {
    const fail = (what: string) => new DataError(`problem ${problem.id}: ${what}`)
    const tests = checked(testsOf, problem.meta, fail, { at: 'meta' }).tests
    const judge = await program.open(problem, seed, signal)
    let told = 0
    return {
      ...judge,
      async reply(text, asked) {
        await judge.reply(text, asked)
        const code = taggedAnswer(text)
        if (code === null || told === rounds) return null
        const asks = tests.map(({ call }) => call)
        const ran = await runCode({ language: 'javascript', code, asks }, asked)
        const wanted = tests.map(({ value }) => value)
        const passed = passes(ran, wanted).filter(Boolean).length
        if (passed === tests.length) return null
        told++
        return `\n\n${passed}/${tests.length}\n\n`
      },
      async score(asked) {
        const found = await judge.score!(asked)
        return { ...found, parts: { ...found.parts, mended: told } }
      },
    }
  },
}
