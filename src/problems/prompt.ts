// How a policy is asked: a text around the question, made once from a template and kept with the run and the model, so that
// all that is sampled later is asked alike, whatever becomes of the template (some print the date).

import { z } from 'zod'
import type { Problem } from '../types.ts'

/** Where the question stands in a frame. */
const place = '{question}'

/** What a policy is asked by; see the schema for what each field means. */
export const promptSchema = z.strictObject({
  template: z.string(), // chat, plain, or the name of a file: where the frame comes from
  system: z.string().nullable(), // what is said in it before the question
  instruction: z.string().nullable(), // and after
  frame: z.string().refine(isFrame, `expected a text that holds ${place}`),
  turnEnd: z.string().nullable(), // the special token with which the answer ends, where the template has one
})
export type Prompt = Readonly<z.infer<typeof promptSchema>>

/** What is said around a question; null: nothing. */
export type Said = Pick<Prompt, 'system' | 'instruction'>

/** What a chat model is told after the question. Steps end at blank lines, answers are looked for in boxes. */
export const usualInstruction = instructionTo('put your final answer within \\boxed{}')

/** What a chat model is told where answers are written otherwise; `answer` is what it is to do with one. */
export function instructionTo(answer: string): string {
  return `Please reason step by step with steps separated by a blank line, and ${answer}.`
}

/** The plain frame of questions in a file. */
export const textFrame = `Question: ${place}\n\n`

/** The plain frame of a task: what its problems have around them themselves. */
export function taskFrame({ prompt }: Problem): string {
  return `${/^\s*/.exec(prompt)![0]}${place}${/\s*$/.exec(prompt)![0]}`
}

/** Whether a text is a frame itself. */
export function isFrame(text: string): boolean {
  return text.includes(place)
}

/** A frame without a template: paragraphs. */
export function plainPrompt(frame: string, { system, instruction }: Said): Prompt {
  const before = system === null ? '' : `${system}\n\n`
  const after = instruction === null ? '' : `${instruction}\n\n`
  return { template: 'plain', system, instruction, frame: before + frame + after, turnEnd: null }
}

/** What a problem asks, without what stands around it for a policy. */
export function questionOf({ question, prompt }: Problem): string {
  return (question ?? prompt).trim()
}

/** A question as a policy is asked it. */
export function promptText(question: string, { frame }: Pick<Prompt, 'frame'>): string {
  return frame.split(place).join(question)
}

/** The problem as a policy is asked it, also where it was asked otherwise before. What it asks stays. */
export function asked(problem: Problem, prompt: Pick<Prompt, 'frame'>): Problem {
  const { question = problem.prompt } = problem
  const text = promptText(questionOf(problem), prompt)
  return text === problem.prompt ? problem : { ...problem, question, prompt: text }
}

/** The frame of a text that was made with a stand-in for the question; null where it does not show it. */
export function frameOf(text: string, standIn: string): string | null {
  return text.includes(standIn) ? text.split(standIn).join(place) : null
}
