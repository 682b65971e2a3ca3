import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError, VerifierError } from '../errors.ts'
import type { Environment } from '../rollouts/environment.ts'
import { taggedAnswer } from '../text/answer-tags.ts'
import { callsIn, closing, lastCall } from './calls.ts'
import { type Done, holding, requireTrusted } from './held.ts'
import { runCode } from './judging.ts'

const most = 30 // calls of a rollout

const meta = z.looseObject({
  tools: z.string().min(1),
  checks: z.array(z.string()).min(1),
  solution: z.string().optional(),
  failures: z.array(z.string()).default([]),
})

/**
 * Tools that change a state: `meta.tools` is JavaScript that makes `state`, and `tools`, functions that read and change it. `{move a b 3=}`
 * calls one by its words, and is replied to by what that gives: `ok` where it gives nothing, `error` where it throws or there is none. The
 * outcome is 1 where all of `meta.checks` are true of `state` as the policy left it, `before`, as it was, and `answer`, its last words;
 * a rollout that does not come to its end has 0. Its parts: `held`, the share of checks that hold, `calls`, and how many were
 * `call_errors`. Which tasks are used is told as in `checks`; a solution and failures are what a policy would say, without replies.
 */
export const tools: Environment = {
  name: 'tools',
  stops: [closing],
  judges: true,
  timeoutMs: 3_600_000, // a job has a bound of its own; what it waits for is not its fault
  open(problem) {
    const wrong = (what: string) => new DataError(`problem ${problem.id}: ${what}`)
    const task = checked(meta, problem.meta, wrong, { at: 'meta' })
    const code = worldOf(task.tools)
    const calls: string[] = []
    let [errors, last] = [0, null as string | null]
    return {
      async reply(text, signal) {
        if (!text.includes(closing)) {
          last = text
          return null
        }
        if (calls.length === most) return null
        calls.push(expressionOf(lastCall(text)))
        const reply = await replied({ code, calls }, signal)
        if (reply === null) errors++
        return reply ?? 'error'
      },
      async score(signal) {
        const run = (job: Parameters<typeof runCode>[0]) => runCode(job, signal)
        await requireTrusted(problem, task, played(task.tools), run)
        const counts = { calls: calls.length, call_errors: errors }
        if (last === null) return { outcome: 0, parts: { held: 0, ...counts } }
        const done = { code, calls: [...calls, giving(last)] }
        const held = await holding(task.checks, done, run)
        const share = held.filter(Boolean).length / held.length
        return { outcome: Number(share === 1), parts: { held: share, ...counts } }
      },
    }
  },
}

/** What a text does with tools: its calls, one after another; what stands behind the last is the answer. */
export function played(tools: string): (text: string) => Done {
  return text => ({
    code: worldOf(tools),
    calls: [...callsIn(text).map(expressionOf), giving(text.split(closing).at(-1)!)],
  })
}

/** Code that makes a world; it ends by an error where there is no state or there are no tools. */
export function worldOf(tools: string): string {
  return `${tools}\nconst before = JSON.parse(JSON.stringify(state)); Object.keys(tools)`
}

/** What the last of some calls gives, as a text: the state is that which those before have left. Null where it gives an error. */
async function replied({ code, calls }: Done, signal: AbortSignal): Promise<string | null> {
  const ran = await runCode({ language: 'javascript', code, asks: calls }, signal)
  if (ran.ended !== 'value' || !('values' in ran)) {
    const why = ran.ended === 'value' ? 'no values' : ran.message
    throw new VerifierError(`the tools cannot be made: ${why}`)
  }
  const value = ran.values.at(-1)!
  if (typeof value !== 'string') return null
  const given: unknown = JSON.parse(value)
  return given === null ? 'ok' : typeof given === 'string' ? given : value
}

/** A call as an expression. Its words are values, numbers or texts, and never code; a name that is no tool's own throws. */
function expressionOf(call: string): string {
  const [name = '', ...words] = call.trim().split(/\s+/)
  const values = words.map(word => (/^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word))
  const own = `(Object.hasOwn(tools, ${JSON.stringify(name)}) ? tools : Object.create(null))`
  return `${own}[${JSON.stringify(name)}](...${JSON.stringify(values)})`
}

function giving(text: string): string {
  return `globalThis.answer = ${JSON.stringify(taggedAnswer(text) ?? text.trim())}`
}
