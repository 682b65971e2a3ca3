import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MinformError } from '../../src/errors.ts'
import { pick, random } from '../../src/numbers/random.ts'
import { mutated } from '../../trials/fuzz/mutate.ts'
import { targets } from '../../trials/fuzz/targets.ts'

const inputs = 100
const patient = /Parquet|rollouts/ // an endless file takes its whole time: `npm run fuzz` has those

test.each(Object.keys(targets).filter(name => !patient.test(name)))(
  '%s: what is near a good input is read, or refused by an error of ours',
  async name => {
    const { seeds, read } = targets[name]!
    const place = mkdtempSync(join(tmpdir(), 'minform-fuzz-'))
    const draw = random(7, name)
    const good = seeds()
    let through = 0
    for (let i = 0; i < inputs; i++) {
      const bytes =
        i < 20 && i < good.length ? good[i]! : mutated(pick(draw, good), pick(draw, good), draw)
      const folder = join(place, String(i))
      mkdirSync(folder)
      try {
        await read(bytes, folder)
        through++
      } catch (error) {
        if (!(error instanceof MinformError)) throw error
      }
    }
    rmSync(place, { recursive: true })
    expect(through).toBeGreaterThan(0)
  },
)
