import { boxesOf } from '../../text/boxes.ts'
import { limits } from '../grade/limits.ts'
import { equal, wrong } from '../grade/verdict.ts'
import { type Verifier, verdictOf } from './verifier.ts'

export interface FormatCheckOptions {
  /** One <think>, closed once, before the answer. Default false. */
  readonly think?: boolean
  /** How many boxes stand after thinking; null: any number. Default 1. */
  readonly boxes?: number | null
}

/** Judges the form of a text, whatever it answers; the known answer is not looked at. */
export function formatCheck({ think = false, boxes = 1 }: FormatCheckOptions = {}): Verifier {
  return ({ pred }) => {
    if (pred === null || pred.trim() === '') return verdictOf(wrong('no-answer'))
    if (pred.length > limits.text) return verdictOf(wrong('too-large'))
    const [opened, closed] = ['<think>', '</think>'].map(tag => pred.split(tag).length - 1)
    const thought = opened === 1 && closed === 1 && pred.trimStart().startsWith('<think>')
    const said = pred.slice(closed > 0 ? pred.lastIndexOf('</think>') : 0)
    const right = (!think || thought) && (boxes === null || boxesOf(said).length === boxes)
    return verdictOf(right ? equal('string') : wrong('different', 'string'))
  }
}
