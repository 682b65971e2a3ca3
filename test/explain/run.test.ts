import { expect, test } from 'vitest'
import { eventsOf, openRun } from '../../src/explain/run.ts'
import { resumeRun } from '../../src/runs/writer.ts'
import { recordedRun } from './recorded.ts'

test('an address leads nowhere once the run went back on its iteration', async () => {
  const folder = await recordedRun('grpo')
  const run = resumeRun(folder, { iteration: 1 })
  const alarm = (iteration: number) =>
    run.log('warn', 'alarm: x', { iteration, address: `${iteration}/0/0` })
  for (const iteration of [4, 6]) alarm(iteration)
  run.log('warn', 'rolled back', { iteration: 6, from: 6, to: 5 })
  alarm(6)
  run.close()
  const alarms = eventsOf(openRun(folder)).filter(({ event }) => event === 'alarm: x')
  expect(alarms.map(({ address }) => address)).toEqual(['4/0/0', undefined, '6/0/0'])
})
