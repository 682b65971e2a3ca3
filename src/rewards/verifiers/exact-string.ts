import { lastBox } from '../../text/boxes.ts'
import { spoken } from '../grade/extract.ts'
import { limits } from '../grade/limits.ts'
import { equal, ungradable, wrong } from '../grade/verdict.ts'
import { type Verifier, verdictOf } from './verifier.ts'

export interface ExactStringOptions {
  /** Compare without regard to case, articles, punctuation and spaces. Default false. */
  readonly loose?: boolean
}

/**
 * Judges answers as text: the last box, the <answer> tag, what follows "Answer:", or the whole text
 * after thinking, must be the known text.
 */
export function exactString({ loose = false }: ExactStringOptions = {}): Verifier {
  const shape = loose ? loosened : (text: string) => text.trim()
  return ({ gold, pred, mode = 'text' }) => {
    const known = shape(gold ?? '')
    if (known === '') return verdictOf(ungradable)
    const said = pred === null ? null : mode === 'text' ? answerOf(pred) : pred
    if (said === null || said.trim() === '') return verdictOf(wrong('no-answer'))
    if (said.length > limits.text) return verdictOf(wrong('too-large'))
    return verdictOf(shape(said) === known ? equal('string') : wrong('different', 'string'))
  }
}

function answerOf(text: string): string | null {
  const said = spoken(text)
  if (said === null) return null
  const box = lastBox(said)
  if (box !== null) return box
  const open = said.lastIndexOf('<answer>')
  const close = said.indexOf('</answer>', open)
  if (open >= 0 && close >= 0) return said.slice(open + '<answer>'.length, close)
  const marker = said.lastIndexOf('Answer:')
  return marker < 0
    ? said
    : said
        .slice(marker + 'Answer:'.length)
        .trimStart()
        .split('\n', 1)[0]
}

function loosened(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
