import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOf, parseAddress, wholeRun } from '../../src/runs/address.ts'

const runs =
  (...folders: string[]) =>
  (folder: string): boolean =>
    folders.includes(folder)

test('a run, and as far down as there are numbers', () => {
  const first = runs('runs/first')
  expect(parseAddress('runs/first', first)).toEqual({ folder: 'runs/first', place: wholeRun })
  expect(parseAddress('runs/first/', first)).toEqual({ folder: 'runs/first', place: wholeRun })
  expect(parseAddress('runs/first/12/0', first)).toEqual({
    folder: 'runs/first',
    place: { ...wholeRun, iteration: 12, group: 0 },
  })
  expect(parseAddress('runs/first/12/0/3/41/', first).place).toEqual({
    ...{ iteration: 12, group: 0, rollout: 3, token: 41 },
  })
})

test('a run whose folder is a number, and one that lies in another: the longest folder counts', () => {
  expect(parseAddress('runs/3/2', runs('runs/3'))).toMatchObject({ folder: 'runs/3' })
  expect(parseAddress('runs/3/2', runs('runs', 'runs/3')).place.iteration).toBe(2)
  expect(parseAddress('/3/2', runs('/3', '')).folder).toBe('/3')
  expect(parseAddress('./2/1', runs('.', ''))).toMatchObject({ folder: '.', place: { group: 1 } })
})

test('what holds no run is a folder, whatever its name', () => {
  expect(parseAddress('runs/3/2', runs())).toEqual({ folder: 'runs/3/2', place: wholeRun })
})

test('what is no place after a run is refused', () => {
  for (const rest of ['0', 'x', '1/-1', '1/2/3/4/5', '1//2', '1.5', '9999999999', '1/ 2'])
    expect(() => parseAddress(`run/${rest}`, runs('run')), rest).toThrow(
      'is no place in a run; expected iteration/group/rollout/token',
    )
})

test('what is written is read back', () => {
  const number = fc.nat({ max: 99_999 })
  const place = fc.tuple(fc.nat({ max: 4 }), number, number, number, number)
  fc.assert(
    fc.property(place, ([depth, i, group, rollout, token]) => {
      const all = { iteration: i + 1, group, rollout, token }
      const some = Object.fromEntries(Object.entries(all).slice(0, depth))
      const text = addressOf(some, 'a/b 3')
      expect(parseAddress(text, runs('a/b 3'))).toEqual({
        folder: 'a/b 3',
        place: { ...wholeRun, ...some },
      })
    }),
  )
})
