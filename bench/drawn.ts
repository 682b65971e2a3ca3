// What a browser takes to draw the page: until a group stands there, a rollout is chosen, and from frame to frame while one scrolls.

import { execFileSync } from 'node:child_process'
import { chromium, type Page } from 'playwright-core'
import { timesOf, toldTimes } from './measure.ts'

const rounds = 8

/** Milliseconds, each round. */
export interface Drawn {
  readonly run: string
  readonly group: readonly number[] // from the address to all its rollouts
  readonly rollout: readonly number[] // from a key to the next one
  readonly frames: readonly number[] // while the group is scrolled
}

/** Of groups of some runs of a server, by Chromium; null where none is installed. */
export async function measureDrawn(
  address: string,
  runs: readonly { readonly run: string; readonly rollouts: number }[],
): Promise<readonly Drawn[] | null> {
  const executablePath = process.env.MINFORM_CHROMIUM ?? whereChromium()
  if (executablePath === null) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(address)
    const drawn: Drawn[] = []
    for (const { run, rollouts } of runs) drawn.push(await drawnOf(page, run, rollouts))
    return drawn
  } finally {
    await browser.close()
  }
}

async function drawnOf(page: Page, run: string, rollouts: number): Promise<Drawn> {
  const [group, rollout, frames]: [number[], number[], number[]] = [[], [], []]
  for (let i = 0; i < rounds; i++) {
    const hash = `#/${run}/${1 + (i >> 1)}/${2 + (i % 2)}`
    group.push(await page.evaluate(until(`location.hash = ${JSON.stringify(hash)}`, rollouts)))
    rollout.push(await page.evaluate(until(pressed('j'), rollouts)))
    frames.push(...(await page.evaluate<number[]>(scrolling)))
  }
  return { run, group, rollout, frames }
}

/** A program of the page: milliseconds from `begin` to the frame after which so many rollouts of the address stand there. */
function until(begin: string, rollouts: number): string {
  return `new Promise(resolve => {
    const start = performance.now()
    ${begin}
    const look = () => {
      const there = document.querySelectorAll('.rollout').length === ${rollouts} &&
        document.querySelector('h1')?.textContent === 'Group ' + location.hash.split('/')[3]
      requestAnimationFrame(there ? () => resolve(performance.now() - start) : look)
    }
    requestAnimationFrame(look)
  })`
}

function pressed(key: string): string {
  return `dispatchEvent(new KeyboardEvent('keydown', { key: '${key}' }))`
}

/** A program of the page: milliseconds between frames while it and its columns are scrolled to the end. */
const scrolling = `new Promise(resolve => {
  const columns = document.querySelector('.columns')
  const times = []
  let last = performance.now()
  const step = () => {
    const now = performance.now()
    times.push(now - last)
    last = now
    scrollBy(0, 60)
    columns.scrollBy(60, 60)
    if (times.length < 60) requestAnimationFrame(step)
    else { scrollTo(0, 0); columns.scrollTo(0, 0); resolve(times.slice(1)) }
  }
  requestAnimationFrame(step)
})`

/** The lines of a report. */
export function drawnLines(all: readonly Drawn[] | null): string[] {
  if (all === null) return ['drawn by a browser      not measured: no chromium']
  return all.flatMap(({ run, group, rollout, frames }) => [
    `a browser, groups of the run ${run}`,
    `  a group is drawn      ${toldTimes(timesOf(group))}`,
    `  the next rollout      ${toldTimes(timesOf(rollout))}`,
    `  frames of scrolling   ${toldTimes(timesOf(frames))}, ${frames.filter(ms => ms > 34).length} of ${frames.length} over 34 ms`,
  ])
}

function whereChromium(): string | null {
  try {
    return execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
