import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Engine, HardLabels } from '../../src/engine/engine.ts'
import { listTensors, readTensors } from '../../src/engine/hf/safetensors.ts'
import { addOrthogonal } from '../../src/engine/orthogonal.ts'
import { EngineError } from '../../src/errors.ts'
import { close, descent, type Open, sequences, tests } from './subject.ts'

/** What every engine with a token-classification head must do. */
export function classifierConformance(name: string, open: Open): void {
  describe(`${name}: classes`, () => classes(open))
  describe(`${name}: logits`, () => logits(open))
  describe(`${name}: the head alone`, () => headAlone(open))
}

function classes(open: Open): void {
  const check = tests(open)

  check('logits of every token, the same alone and among others', async engine => {
    const all = sequences(engine, 5, 13, 1)
    const logits = await engine.classify(all)
    for (const [i, ids] of all.entries()) {
      expect(logits[i]!.length).toBe(ids.length * engine.info.classes)
      close(logits[i]!, (await engine.classify([ids]))[0]!, 1e-4)
    }
    expect(await engine.classify([])).toEqual([])
  })

  check('logits where they are asked alone, in any order', async engine => {
    const all = sequences(engine, 5, 13, 1)
    const asked = all.map((ids, i) => ({ ids, at: [[4, 1], Int32Array.of(12, 0, 12), []][i]! }))
    const [whole, found] = [await engine.classify(all), await engine.classify(asked)]
    for (const [i, { ids, at }] of asked.entries()) {
      expect(found[i]!.length).toBe(ids.length * engine.info.classes)
      for (const t of at) close(rowOf(engine, found[i]!, t), rowOf(engine, whole[i]!, t), 1e-4)
    }
    const [, two] = await engine.classify([all[0]!, { ids: all[1]!, at: [3, 7] }])
    const [one] = await engine.classify([{ ids: all[1]!, at: [7] }])
    expect(rowOf(engine, one!, 7)).toEqual(rowOf(engine, two!, 7)) // to the last bit
  })

  check('the loss is the cross-entropy at the labels, times the scale', async engine => {
    const batch = labelled(engine)
    const logits = await engine.classify(batch.map(({ ids }) => ids))
    let expected = 0
    batch.forEach(({ classes }, i) => {
      classes.forEach((label, t) => {
        if (label !== -100) expected += crossEntropy(logits[i]!, t, label, engine.info.classes)
      })
    })
    expect(await engine.accumulateClasses(batch, 0.25)).toBeCloseTo(0.25 * expected, 3)
    expect(await engine.accumulateClasses([], 1)).toBe(0)
  })

  check('the gradient is the slope of the loss, and linear in the scale', async engine => {
    const batch = labelled(engine)
    const before = await engine.accumulateClasses(batch, 1)
    const { gradNorm } = await engine.step(descent(0))
    await engine.accumulateClasses(batch, 0.5)
    await engine.accumulateClasses(batch, -0.25)
    expect((await engine.step(descent(0))).gradNorm / gradNorm).toBeCloseTo(0.25, 4)
    const rate = 0.02 / gradNorm ** 2
    await engine.accumulateClasses(batch, 1)
    await engine.step(descent(rate))
    const after = await engine.accumulateClasses(batch, 1)
    const later = await engine.step(descent(0))
    const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
    expect(Math.abs(before - after - fall)).toBeLessThan(0.03 * fall)
  })

  check('soft targets: equal to hard ones where they say the same, and linear', async engine => {
    const { classes: C } = engine.info
    const batch = labelled(engine)
    const soft = batch.map(({ ids, classes }) => {
      const targets = new Float32Array(ids.length * C).fill(Number.NaN)
      classes.forEach((label, t) => {
        if (label !== -100) for (let c = 0; c < C; c++) targets[t * C + c] = Number(c === label)
      })
      return { ids, targets }
    })
    const halves = soft.map(({ ids, targets }) => ({ ids, targets: targets.map(x => x / 2) }))
    const hard = await engine.accumulateClasses(batch, 1)
    expect(await engine.accumulateClasses(soft, -0.5)).toBeCloseTo(-0.5 * hard, 4)
    expect(await engine.accumulateClasses(halves, -1)).toBeCloseTo(-0.5 * hard, 4)
    expect((await engine.step(descent(0))).gradNorm).toBeCloseTo(0, 4)
    const even = batch.map(({ ids }) => ({
      ids,
      targets: new Float32Array(ids.length * C).fill(1 / C),
    }))
    const before = await engine.accumulateClasses(even, 1)
    const { gradNorm } = await engine.step(descent(0))
    await engine.accumulateClasses(even, 1)
    const rate = 0.02 / gradNorm ** 2
    await engine.step(descent(rate))
    const after = await engine.accumulateClasses(even, 1)
    const later = await engine.step(descent(0))
    const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
    expect(Math.abs(before - after - fall)).toBeLessThan(0.05 * fall)
    const broken = { ids: Int32Array.of(1), targets: new Float32Array(C).fill(-1) }
    await expect(engine.accumulateClasses([broken], 1)).rejects.toThrow('expected finite numbers')
  })

  check('refusals: verbs of a language model, classes that are not there', async engine => {
    const ids = Int32Array.of(1, 2)
    await expect(engine.score([ids])).rejects.toThrow(EngineError)
    await expect(engine.sample([], { maxTokens: 1, stopIds: [] })).rejects.toThrow(EngineError)
    const label = engine.info.classes
    const foreign = { ids, classes: Int32Array.of(-100, label) }
    await expect(engine.accumulateClasses([foreign], 1)).rejects.toThrow(EngineError)
    const unequal = { ids, classes: Int32Array.of(0) }
    await expect(engine.accumulateClasses([unequal], 1)).rejects.toThrow(EngineError)
    await expect(engine.classify([ids], AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
}

function logits(open: Open): void {
  const check = tests(open)

  /** A smooth loss of logits, sum (x - c)^2 / 2 at every other token, and its slopes. */
  const squares = async (engine: Engine, all: readonly Int32Array[], scale = 1) => {
    let loss = 0
    const { classes: C } = engine.info
    const sequences = (await engine.classify(all)).map((logits, i) => ({
      ids: all[i]!,
      slopes: logits.map((x, n) => {
        if (Math.floor(n / C) % 2 === 0) return 0
        const error = x - (n % C)
        loss += (scale * error ** 2) / 2
        return scale * error
      }),
    }))
    return { loss, sequences }
  }

  check('the gradient of any loss of logits is its slope, and linear', async engine => {
    const all = sequences(engine, 6, 11)
    const { loss: before, sequences: sloped } = await squares(engine, all)
    await engine.accumulateLogits(sloped)
    const { gradNorm } = await engine.step(descent(0))
    expect(gradNorm).toBeGreaterThan(0.01)
    for (const scale of [0.5, -0.25])
      await engine.accumulateLogits((await squares(engine, all, scale)).sequences)
    expect((await engine.step(descent(0))).gradNorm / gradNorm).toBeCloseTo(0.25, 4)
    // Along the gradient the loss falls by rate * gradNorm^2; the mean of both ends' slopes is exact to second order.
    const rate = 0.02 / gradNorm ** 2
    await engine.accumulateLogits(sloped)
    await engine.step(descent(rate))
    const after = await squares(engine, all)
    await engine.accumulateLogits(after.sequences)
    const later = await engine.step(descent(0))
    const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
    expect(Math.abs(before - after.loss - fall)).toBeLessThan(0.03 * fall)
  })

  check('slopes of a cross-entropy give the gradient of the labels', async engine => {
    const { classes: C } = engine.info
    const batch = labelled(engine)
    const logits = await engine.classify(batch.map(({ ids }) => ids))
    const sloped = batch.map(({ ids, classes }, i) => ({
      ids,
      slopes: logits[i]!.map((x, n) => {
        const [t, c] = [Math.floor(n / C), n % C]
        if (classes[t] === -100) return 0
        const row = logits[i]!.subarray(t * C, (t + 1) * C)
        const total = row.reduce((sum, other) => sum + Math.exp(other), 0)
        return Math.exp(x) / total - Number(c === classes[t])
      }),
    }))
    await engine.accumulateLogits(sloped)
    await engine.accumulateClasses(batch, -1)
    expect((await engine.step(descent(0))).gradNorm).toBeCloseTo(0, 4)
  })

  check('nothing in, nothing added; refusals', async engine => {
    const ids = Int32Array.of(1, 2)
    await engine.accumulateLogits([])
    await engine.accumulateLogits([{ ids, slopes: new Float32Array(2 * engine.info.classes) }])
    expect((await engine.step(descent(0))).gradNorm).toBe(0)
    const unequal = { ids, slopes: new Float32Array(2 * engine.info.classes + 1) }
    await expect(engine.accumulateLogits([unequal])).rejects.toThrow(EngineError)
    const foreign = {
      ids: Int32Array.of(engine.info.vocabSize),
      slopes: new Float32Array(engine.info.classes).fill(1),
    }
    await expect(engine.accumulateLogits([foreign])).rejects.toThrow(EngineError)
    await expect(engine.accumulateLogits([], AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
}

function headAlone(open: Open): void {
  const check = tests(open)

  check('only the head moves when only the head is asked for', async engine => {
    const folder = await mkdtemp(join(tmpdir(), 'minform-'))
    try {
      await engine.save(join(folder, 'before'))
      const batch = labelled(engine)
      const first = await engine.accumulateClasses(batch, 1)
      await engine.step({ learningRate: 1e-2, weightDecay: 0.1, only: 'head' })
      const second = await engine.accumulateClasses(batch, 1)
      expect(second).toBeLessThan(first)
      await engine.save(join(folder, 'after'))
      const [before, after] = [
        await values(join(folder, 'before')),
        await values(join(folder, 'after')),
      ]
      expect([...after.keys()]).toEqual([...before.keys()])
      const moved = [...after.keys()].filter(name =>
        Buffer.compare(before.get(name)!, after.get(name)!),
      )
      expect(moved.sort()).toEqual(['score.bias', 'score.weight'])
      // nothing is learned but that the head's rows have nothing in common
      const common = async (): Promise<number> => {
        await engine.save(join(folder, 'now'))
        const rows = new Float32Array(
          (await values(join(folder, 'now'))).get('score.weight')!.buffer,
        )
        const [count, width] = [engine.info.classes, rows.length / engine.info.classes]
        const at = (row: number, i: number): number => row * width + i
        const nowhere = new Float32Array(rows.length)
        return addOrthogonal(nowhere, rows, { rows: count, width, at }, 1)
      }
      const held = await common()
      await engine.clear()
      await engine.step({ learningRate: 1e-5, rule: 'sgd', clipNorm: null, orthogonal: 1 })
      expect(await common()).toBeLessThan(held)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}

function labelled(engine: Engine): HardLabels[] {
  return sequences(engine, 6, 10).map(ids => ({
    ids,
    classes: ids.map((_, t) => (t % 3 === 2 ? (t >> 1) % engine.info.classes : -100)),
  }))
}

function crossEntropy(logits: Float32Array, t: number, label: number, classes: number): number {
  const row = logits.subarray(t * classes, (t + 1) * classes)
  return Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[label]!
}

async function values(folder: string): Promise<Map<string, Buffer>> {
  const tensors = [...(await listTensors(folder)).values()].map(({ name, shape }) => ({
    name,
    shape,
    into: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  }))
  await readTensors(folder, tensors)
  return new Map(tensors.map(({ name, into }) => [name, Buffer.from(into.buffer)]))
}

function rowOf({ info: { classes } }: Engine, logits: Float32Array, at: number): Float32Array {
  return logits.subarray(at * classes, (at + 1) * classes)
}
