// Alarms of a run as marks on its curves.

import type { RunAnswer, RunEvent } from '../src/view/api.ts'
import { addressOf } from './place.ts'

/** What happened in an iteration, and where it can be looked at. */
export interface Mark {
  readonly iteration: number
  readonly text: string
  readonly address: string
  readonly colour: string // the class of its run
}

/** Warnings and errors of a run, those with an iteration. */
export function marksOf({ brief, events }: RunAnswer, colour: string): Mark[] {
  return events.flatMap(event => {
    const { level, iteration } = event
    if ((level !== 'warn' && level !== 'error') || iteration === null) return []
    const text = `${brief.id}, iteration ${iteration}: ${saidOf(event)}`
    return [{ iteration, text, address: eventAddress(brief.id, event), colour }]
  })
}

/** The page of what raised an event: its rollout where that is known, else its iteration, else its run. */
export function eventAddress(run: string, { address, iteration }: RunEvent): string {
  const numbers = /(?:^|\/)(\d+(?:\/\d+){0,3})$/.exec(address ?? '')?.[1]
  return numbers === undefined ? addressOf({ run, iteration }) : `${addressOf({ run })}/${numbers}`
}

/** An event in a line. */
export function saidOf({ event, fields }: RunEvent): string {
  const { pattern, why, advice } = (fields ?? {}) as Readonly<Record<string, unknown>>
  const more = [pattern, why ?? advice].filter(
    one => typeof one === 'string' && one !== '' && !event.includes(one),
  )
  return more.length === 0 ? event : `${event}: ${more.join(', ')}`
}
