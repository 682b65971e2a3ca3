import { type Prompt, promptText } from '../problems/prompt.ts'

/** The texts that the model continues, of what rows hold. */
export interface Asks {
  prompt(text: string): string
  question(text: string): string
}

/**
 * A question is asked by the model's prompt. A prompt is continued as it is; where a chat template or a file is asked for,
 * or the model learned by one (`chosen`), it is a question too.
 */
export function asksBy(prompt: Prompt, chosen: boolean): Asks {
  const question = (text: string): string => promptText(text.trim(), prompt)
  const wraps = chosen && prompt.template !== 'plain'
  return { question, prompt: text => (wraps ? question(text) : text) }
}
