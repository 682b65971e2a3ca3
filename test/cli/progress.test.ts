import { expect, test } from 'vitest'
import {
  bar,
  formatDuration,
  formatRate,
  progress,
  progressLine,
  smoothedRate,
} from '../../src/cli/progress.ts'

test.each([
  [0, '0.0 s'],
  [0.44, '0.4 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3599.7, '1 h 00 min'],
  [7800, '2 h 10 min'],
  [86399, '1 d 0 h'],
  [270000, '3 d 3 h'],
  [Number.NaN, '?'],
  [Number.POSITIVE_INFINITY, '?'],
  [-1, '?'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test.each([
  [3.214, '3.21 it/s'],
  [142.6, '143 it/s'],
  [999.6, '1k it/s'],
  [12345, '12.3k it/s'],
  [0.25, '4.0 s/it'],
  [0, '? it/s'],
])('%d a second is %s', (rate, text) => {
  expect(formatRate(rate, 'it')).toBe(text)
})

test('a bar is full only at the end', () => {
  expect(bar(0, 4)).toBe('░░░░')
  expect(bar(0.99, 4)).toBe('███░')
  expect(bar(1, 4)).toBe('████')
  expect([bar(-1, 2), bar(2, 2), bar(Number.NaN, 2)]).toEqual(['░░', '██', '░░'])
})

test('a line says what is known', () => {
  const state = {
    label: 'train',
    done: 12,
    total: 50,
    perSecond: 2,
    unit: 'it',
    note: 'reward 0.5',
  }
  expect(progressLine(state)).toBe(
    'train ████░░░░░░░░░░░░░░░░ 12/50 · 2.00 it/s · 19 s left · reward 0.5',
  )
  expect(progressLine({ label: 'train', done: 0, total: 0, perSecond: null })).toBe(
    'train ░░░░░░░░░░░░░░░░░░░░ 0/0',
  )
})

test('the rate is that of the last points: a slow start is forgotten', () => {
  const rate = smoothedRate(0, { seconds: 10, points: 3 })
  expect(rate.perSecond()).toBeNull()
  rate.add(100, 1) // the first takes 100 s
  expect(rate.perSecond()).toBe(0.01)
  for (let i = 1; i <= 20; i++) rate.add(100 + i, 1 + i)
  expect(rate.perSecond()).toBe(1)
})

function shown(isTTY: boolean, columns = 80) {
  const writes: string[] = []
  const clock = { now: 0 }
  const stream = { isTTY, columns, write: (text: string) => writes.push(text) }
  return { writes, clock, options: { stream, now: () => clock.now, unit: 'it' } }
}

test('without a terminal: plain lines, at most every few seconds, and the end', () => {
  const { writes, clock, options } = shown(false)
  const p = progress('warm start', 100, options)
  for (let i = 1; i <= 100; i++) {
    clock.now += 0.1
    p.update(i)
  }
  p.end('loss 0.5')
  expect(writes.length).toBeLessThanOrEqual(4)
  expect(writes.join('')).not.toContain('\u001b')
  expect(writes.every(text => text.endsWith('\n'))).toBe(true)
  expect(writes.at(-1)).toBe('warm start 100/100 in 10 s · loss 0.5\n')
})

test('with a terminal: one line, rewritten, that fits', () => {
  const { writes, clock, options } = shown(true, 30)
  const p = progress('train', 4, options)
  for (let i = 1; i <= 3; i++) {
    clock.now += 1
    p.update(i, 'a note that is too long for the line')
  }
  p.say('saved')
  p.end('done')
  const clear = '\r\u001b[2K'
  expect(writes.every(text => text.startsWith(clear))).toBe(true)
  expect(writes.slice(0, 3).every(text => !text.includes('\n'))).toBe(true)
  expect(writes.slice(0, 3).every(text => text.length - clear.length <= 29)).toBe(true)
  expect(writes[3]).toBe(`${clear}saved\n`)
  expect(writes.at(-1)).toBe(`${clear}train 3/4 in 3.0 s · done\n`)
})

test('a slow rate counts one of what is counted', () => {
  expect(formatRate(0.5, 'updates')).toBe('2.0 s/update')
})

test.each([0, 40, undefined])(
  'on a terminal of %s columns the line is as long as there is room',
  columns => {
    let text = ''
    const bar = progress('a label', 50, {
      stream: { isTTY: true, columns: columns as number, write: more => (text += more) },
      unit: 'rollouts',
      now: (
        t => () =>
          t++
      )(0),
    })
    bar.update(20, 'a note that goes on and on, as notes do, further than any line')
    const line = text.split('\u001b[2K').at(-1)!
    expect(line).toHaveLength((columns || 80) - 1)
    expect(line.startsWith('a label ████████')).toBe(true)
  },
)

test('what was done before says nothing of the time that is left', () => {
  let [text, time] = ['', 0]
  const stream = { write: (more: string) => (text += more) }
  const bar = progress('training', 100, { stream, unit: 'it', from: 90, every: 0, now: () => time })
  time = 0.001
  bar.update(90)
  expect(text).toBe('training ██████████████████░░ 90/100\n')
  time = 4
  bar.update(92)
  expect(text).toContain('92/100 · 2.0 s/it · 16 s left\n')
})
