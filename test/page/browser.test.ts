import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRun, rowsOf } from '../../src/explain/run.ts'
import { rolloutPart } from '../../src/runs/layout.ts'
import { encodeRollouts } from '../../src/runs/rollout-table.ts'
import type { GroupAnswer } from '../../src/view/api.ts'
import { built } from '../built.ts'

// The page in a real browser: run with MINFORM_CHROMIUM=/usr/bin/chromium.

const executablePath = process.env.MINFORM_CHROMIUM
const quiet = ['disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking']
const args = [
  '--no-sandbox',
  '--disable-component-update',
  '--disable-sync',
  ...quiet.map(q => `--${q}`),
]
const evil = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>\u202egnp\u0007.\u001b[31m\u200b`

const looks = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 420, scheme: 'light' },
  { width: 420, scheme: 'dark' },
] as const
type Look = (typeof looks)[number]

describe.skipIf(executablePath === undefined)('in a browser', () => {
  let folder: string
  const complaints: string[] = []
  let browser: Browser
  let address: string
  let stop: () => void

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'minform-page-'))
    const run = join(folder, 'runs', 'first')
    const train = [
      'train',
      'pure-prm-vr',
      '--iterations',
      '2',
      '--batch',
      '6',
      '--threads',
      '1',
      '--run',
      run,
    ]
    execFileSync(process.execPath, [built('cli/main'), ...train], { stdio: 'ignore' })
    again(run, join(folder, 'runs', 'second'))
    await spoil(run, join(folder, 'runs', 'hostile'))
    const view = [built('cli/main'), 'view', join(folder, 'runs')]
    const server = spawn(process.execPath, view, { stdio: ['ignore', 'pipe', 'ignore'] })
    stop = () => server.kill()
    address = String((await once(server.stdout!, 'data'))[0]).trim()
    const { chromium } = await import('playwright-core')
    browser = await chromium.launch({ executablePath: executablePath!, args })
  }, 600_000)

  afterAll(async () => {
    await browser?.close()
    stop?.()
    rmSync(folder, { recursive: true })
  })

  /** A page at a place, whose complaints and requests to elsewhere are remembered. */
  async function open(
    hash: string,
    { width, scheme }: Look = looks[0],
    change?: (page: Page) => Promise<void>,
  ) {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
    })
    const page = await context.newPage()
    page.on(
      'console',
      line => ['error', 'warning'].includes(line.type()) && complaints.push(line.text()),
    )
    page.on('pageerror', error => complaints.push(error.message))
    page.on('request', request => {
      const url = new URL(request.url())
      if (url.origin !== new URL(address).origin && url.protocol !== 'data:')
        complaints.push(`asked ${url}`)
    })
    await change?.(page)
    await page.goto(address + hash)
    return { page, close: () => finish(page, context) }
  }

  async function finish(page: Page, context: BrowserContext): Promise<void> {
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  }

  describe.each(looks)('$width pixels wide, $scheme', look => {
    test('all runs, and the curves of what is chosen', async () => {
      const { page, close } = await open('#/', look)
      await page.getByRole('link', { name: 'first', exact: true }).waitFor()
      expect(new URL(page.url()).search).toBe('') // the token is not left in the address
      const charts = page.locator('.chart')
      await charts.first().waitFor()
      const before = await charts.count()
      await page.getByPlaceholder('add one of').fill('update/grad_norm')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'update/grad_norm' }).waitFor()
      expect(await charts.count()).toBe(before + 1)
      await page.getByLabel('spread over seeds').check()
      await page.getByText('first and 1 more').first().waitFor()
      await page.getByLabel('smoothing').fill('0.5')
      await page.getByText('0.50').waitFor()
      await close()
    })

    test('a question, whose rows lead to rollouts', async () => {
      const { page, close } = await open('#/', look)
      await page.getByRole('link', { name: 'Ask', exact: true }).click()
      await page.getByLabel('ready').selectOption('longest-right')
      await page.locator('.answer tbody tr').first().waitFor()
      const box = page.getByLabel(/one select over rollouts/)
      await box.fill('select group from rollouts')
      await box.press('Control+Enter')
      await page.getByRole('alert').getByText('in double quotes').waitFor()
      complaints.splice(0) // that a question was refused is told in the console, too
      await box.fill("select address, text from rollouts where run = 'hostile' order by address")
      await page.getByRole('button', { name: 'Ask' }).click()
      await page
        .locator('.answer')
        .getByRole('link', { name: 'hostile/1/0/0', exact: true })
        .click()
      await page.locator('.t').first().waitFor()
      await close()
    })

    test('from an iteration to why a token got its advantage', async () => {
      const { page, close } = await open('#/first', look)
      await page.getByRole('table').getByRole('link', { name: '2', exact: true }).click()
      await page.locator('tbody').getByRole('link', { name: '1', exact: true }).first().click()
      await page.locator('.t').first().click()
      const why = page.getByRole('region', { name: 'why token 0' })
      await why.waitFor()
      for (const text of [
        'soft minimum',
        'arXiv:2504.15275, eq. 7',
        'The sum is what the run recorded',
        'mean over tokens',
      ])
        expect(await why.textContent()).toContain(text)
      expect(page.url()).toContain('#/first/2/1/0/0')
      await close()
    })

    test('what if: before and after beside each other', async () => {
      const { page, close } = await open('#/first/2/1/0/4', look)
      await page.getByRole('button', { name: 'what if i' }).click()
      const panel = page.getByRole('region', { name: 'What if', exact: true })
      const change = panel.locator('tbody td:last-child').first()
      expect(await change.textContent()).toBe('0.000')
      await panel.getByLabel('temperature', { exact: true }).first().fill('2')
      await page.keyboard.press('Tab')
      await expect.poll(() => change.textContent()).not.toBe('0.000')
      await panel.getByRole('button', { name: 'as it was' }).click()
      await expect.poll(() => change.textContent()).toBe('0.000')
      const credit = panel.getByLabel('credit').first()
      await credit.selectOption('right steps, first seen')
      await expect.poll(() => change.textContent()).not.toBe('0.000')
      await credit.selectOption('soft minimum')
      await panel.getByText('rules of credit that this group cannot be credited by').click()
      await panel.getByText('the group has no values of a critic').first().waitFor()
      const score = page.getByLabel('score of step 0 of rollout 0')
      await score.fill('-0.9')
      await page.keyboard.press('Tab')
      await expect.poll(() => change.textContent()).not.toBe('0.000')
      await panel.getByLabel('temperature', { exact: true }).first().fill('0')
      await page.keyboard.press('Tab')
      await page.getByRole('alert').getByText('temperature').waitFor()
      await close()
    })

    test('the judge', async () => {
      const { page, close } = await open('#/first/judge', look)
      await page.getByText('the right answer after wrong steps').first().waitFor()
      await page.getByRole('heading', { name: 'Right answers by their worst step' }).waitFor()
      await page.locator('.grid').getByRole('link', { name: 'iteration 2' }).waitFor()
      await page.getByRole('heading', { name: 'Steps that the oracle calls wrong' }).waitFor()
      await close()
    })

    test("a model's text stays text", async () => {
      for (const hash of [
        '#/hostile',
        '#/hostile/judge',
        '#/hostile/2',
        '#/hostile/2/0',
        '#/hostile/2/0/0/0',
      ]) {
        const { page, close } = await open(hash, look, spoilPieces)
        await page.getByText('onerror').first().waitFor()
        if (hash.endsWith('/0')) await page.getByText('⟨202E⟩gnp␇.␛[31m⟨200B⟩').first().waitFor()
        expect(await page.locator('img, main script').count()).toBe(0)
        await close()
      }
    })
  })

  test('all of it by the keyboard alone', async () => {
    const { page, close } = await open('#/')
    await page.getByRole('link', { name: 'first', exact: true }).waitFor()
    const tabTo = async (name: string): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate('document.activeElement.textContent')) === name) return
      }
      throw new Error(`no tab stop ${name}`)
    }
    await tabTo('first')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Iterations' }).waitFor()
    await tabTo('2')
    await page.keyboard.press('Enter')
    await page.getByText('6 groups').waitFor()
    await page.keyboard.press('[')
    await page.waitForURL(/#\/first\/1$/)
    await tabTo('0')
    await page.keyboard.press('Enter')
    await page.locator('.rollout').first().waitFor()
    const hash = (): string => new URL(page.url()).hash
    const press = async (key: string, expected: string | RegExp): Promise<void> => {
      await page.keyboard.press(key)
      await expect.poll(hash).toMatch(expected)
    }
    await press('j', /\/1\/0\/0$/)
    await press('j', /\/1\/0\/1$/)
    await press('k', /\/1\/0\/0$/)
    await press('ArrowRight', /\/0\/0\/0$/)
    await press('ArrowRight', /\/0\/0\/1$/)
    await press('n', /\/0\/0\/(?!1$)\d+$/)
    await press('p', /\/0\/0\/0$/)
    await page.getByRole('region', { name: 'why token 0' }).waitFor()
    await press('Escape', /\/1\/0\/0$/)
    // Keys that come faster than the browser tells of an address all count.
    await page.evaluate(
      "for (let i = 0; i < 3; i++) dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))",
    )
    expect(hash()).toMatch(/\/0\/0\/2$/)
    await press('Escape', /\/1\/0\/0$/)
    const advantages = await page.locator('.rollout header b').allTextContents()
    const values = advantages.map(text => Number(text.replace('−', '-')))
    await press('b', /\/1\/0\/\d+$/)
    const best = Number(hash().split('/').at(-1))
    expect(values[best]).toBe(Math.max(...values))
    await page.keyboard.press('w')
    await expect.poll(() => values[Number(hash().split('/').at(-1))]).toBe(Math.min(...values))
    await page.keyboard.press('c')
    expect(await page.getByLabel('coloured by').inputValue()).not.toBe('advantage')
    await page.keyboard.press('i')
    await page.getByRole('region', { name: 'What if', exact: true }).waitFor()
    await press(']', /\/1\/1$/)
    await close()
  })

  test('a rollout of 100,000 tokens is text but for what is seen', async () => {
    const { page, close } = await open('#/first/2/0/0/5', looks[0], page =>
      changed(page, lengthened),
    )
    await page.locator('.rollout').first().waitFor()
    await page.getByText('100000 tokens').waitFor()
    expect(await page.locator('.t').count()).toBeLessThan(20_000)
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/\/6$/)
    await page.getByRole('region', { name: 'why token 6' }).waitFor()
    await close()
  })

  test('an alarm is a mark that leads to what raised it', async () => {
    const { page, close } = await open('#/second')
    await page.getByRole('link', { name: 'alarm: right answers fall' }).first().waitFor()
    await page.locator('.mark').first().click()
    await page.waitForURL(/#\/second\/2\/1\/0$/)
    await page.locator('.rollout.current').waitFor()
    await close()
  })

  test.each(['light', 'dark'] as const)('all text stands out from its ground, %s', async scheme => {
    for (const hash of ['#/', '#/second', '#/first/2', '#/first/2/1/0/4', '#/first/judge']) {
      const { page, close } = await open(hash, { width: 1280, scheme } as Look)
      await page.locator('main table, .rollout').first().waitFor()
      if (hash.endsWith('/4')) await page.keyboard.press('i')
      const faint = await page.evaluate(faintTexts)
      expect(faint, hash).toEqual([])
      await close()
    }
  })

  test('an iteration that a run makes appears by itself', async () => {
    const { page, close } = await open('#/second')
    await page.getByRole('link', { name: '2', exact: true }).waitFor()
    const run = join(folder, 'runs', 'second')
    const rows = await rowsOf(openRun(run), 2)
    writeFileSync(rolloutPart(run, 3), encodeRollouts(3, rows))
    const last = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').at(-1)!
    appendFileSync(
      join(run, 'metrics.jsonl'),
      `${last.replace('"iteration":2', '"iteration":3')}\n`,
    )
    await page.getByRole('link', { name: '3', exact: true }).click()
    await page.getByRole('heading', { name: 'Iteration 3' }).waitFor()
    await close()
  })

  test('arithmetic that is not what was recorded is said in red', async () => {
    const { page, close } = await open('#/first/2/1/0/4', looks[0], page =>
      changed(page, distorted),
    )
    const alert = page.getByRole('alert').getByText('Not what was recorded')
    await alert.waitFor()
    const colour = await page.evaluate(
      "getComputedStyle(document.querySelector('.why .wrong')).color",
    )
    expect(colour).toBe('rgb(180, 35, 24)')
    await close()
  })

  test('places that are not there, and a server that has ended, are told', async () => {
    for (const [hash, said] of [
      ['#/first/2/99', 'has no group 99'],
      ['#/first/99', 'no rollouts of iteration 99'],
      ['#/nowhere', "no run 'nowhere'"],
      ['#/first/2/1/77', 'no rollout or token of this address'],
      ['#/first/two', 'names nothing'],
    ] as const) {
      const { page } = await open(hash)
      await page.getByRole('alert').getByText(said).first().waitFor()
      await page.context().close()
    }
    complaints.length = 0 // a browser's console tells of answers that are not there
  })

  test('the same files read an exported folder from a file system', async () => {
    const exported = join(folder, 'exported')
    cpSync(join(built('cli/main'), '../../page'), exported, { recursive: true })
    const index = join(exported, 'index.html')
    writeFileSync(
      index,
      readFileSync(index, 'utf8').replace('data-from="server"', 'data-from="files"'),
    )
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(address)
    const paths = ['runs', 'run/first', 'run/first/2', 'run/first/2/1']
    for (const path of paths) {
      const text = await (
        await context.request.get(new URL(`/data/${path}.json`, address).href)
      ).text()
      const file = join(exported, 'data', `${path}.js`)
      execFileSync('mkdir', ['-p', join(file, '..')])
      writeFileSync(file, `window.minform.put(${JSON.stringify(path)}, ${text})`)
    }
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(`${pathToFileURL(index).href}#/first/2/1/0/4`)
    await page.getByRole('region', { name: 'why token 4' }).waitFor()
    await page.goto(`${pathToFileURL(index).href}#/first/1`)
    await page.getByRole('alert').getByText('not exported').waitFor()
    await context.close()
    expect(complaints.splice(0)).toEqual([])
  })
})

/** The same run by another seed. */
function again(run: string, into: string): void {
  cpSync(run, into, { recursive: true })
  const config = JSON.parse(readFileSync(join(into, 'config.json'), 'utf8'))
  writeFileSync(join(into, 'config.json'), JSON.stringify({ ...config, seed: 2 }))
  const alarm = { event: 'alarm: right answers fall', pattern: 'right answers fall', since: 1 }
  const line = {
    time: '2026-01-01T00:00:00Z',
    level: 'warn',
    ...alarm,
    iteration: 2,
    address: '2/1/0',
  }
  appendFileSync(join(into, 'log.jsonl'), `${JSON.stringify(line)}\n`)
}

/** A run whose texts, settings and log try to do harm. */
async function spoil(run: string, into: string): Promise<void> {
  cpSync(run, into, { recursive: true })
  const rows = await rowsOf(openRun(run), 2)
  const spoilt = rows.map(row => ({
    ...row,
    prompt: `${evil} ${row.prompt}`,
    problem: evil,
    answer: evil,
    text: `${evil}\n${row.text}`,
  }))
  writeFileSync(rolloutPart(into, 2), encodeRollouts(2, spoilt))
  const config = JSON.parse(readFileSync(join(into, 'config.json'), 'utf8'))
  writeFileSync(join(into, 'config.json'), JSON.stringify({ ...config, system: evil }))
  const time = new Date().toISOString()
  const rowsOfCanaries = [{ name: evil, about: evil, verdict: 'warn', tried: 1 }]
  const lines = [
    { time, level: 'warn', event: evil, pattern: evil, iteration: 2, address: `2/0/${evil}` },
    { time, level: 'warn', event: 'canaries', verdict: 'warn', rows: rowsOfCanaries },
  ]
  appendFileSync(join(into, 'log.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
}

/** Changes the groups that the page is told of. */
async function changed(page: Page, change: (group: GroupAnswer) => unknown): Promise<void> {
  await page.route(/\/data\/run\/[^/]+\/\d+\/\d+\.json$/, async route => {
    const response = await route.fetch()
    await route.fulfill({ response, json: change(await response.json()) })
  })
}

const spoilPieces = (page: Page): Promise<void> =>
  changed(page, group => ({
    ...group,
    rollouts: group.rollouts.map(one => ({
      ...one,
      pieces: one.pieces?.map(piece => `${evil}${piece}`) ?? null,
    })),
  }))

function distorted(group: GroupAnswer): GroupAnswer {
  const [first, ...rest] = group.rollouts
  const advantages = first!.tokens_T.advantages!.map(a => a! + 0.01)
  return {
    ...group,
    rollouts: [{ ...first!, tokens_T: { ...first!.tokens_T, advantages } }, ...rest],
  }
}

/** The first rollout with its tokens again and again, in steps of a thousand. */
function lengthened(group: GroupAnswer): GroupAnswer {
  const tokens = 100_000
  const long = <T>(list: readonly T[]): T[] =>
    Array.from({ length: tokens }, (_, t) => list[t % list.length]!)
  const [first, ...rest] = group.rollouts
  const steps = Array.from({ length: 100 }, (_, s) => ({
    start: 1000 * s,
    end: 1000 * (s + 1),
    text: '',
  }))
  const lists = Object.entries(first!.tokens_T).map(([name, list]) => [name, list && long(list)])
  const replay = group.replay!
  const of = <T>(lists_G: readonly (readonly T[] | null)[]) =>
    lists_G.map((list, g) => (g === 0 && list ? long(list) : list))
  return {
    ...group,
    rollouts: [
      {
        ...first!,
        ...{
          tokens,
          steps,
          stepScores: steps.map((_, s) => Math.sin(s)),
          pieces: long(first!.pieces!),
        },
        spans: [{ role: 'policy', start: 0, end: tokens }],
        tokens_T: Object.fromEntries(lists),
      },
      ...rest,
    ],
    replay: {
      ...replay,
      masked_G_T: of(replay.masked_G_T!),
      kept_G_T: of(replay.kept_G_T!),
      advantages_G_T: of(replay.advantages_G_T),
      streams: replay.streams!.map(one => ({
        ...one,
        credit_G_T: of(one.credit_G_T),
        part_G_T: of(one.part_G_T),
      })),
    },
  }
}

/** In the page: texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3), with what it is. */
const faintTexts = `(() => {
  const known = new Map()
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const channels = colour => {
    if (!known.has(colour)) known.set(colour, read(colour))
    return known.get(colour)
  }
  const read = colour => {
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = ([r, g, b, a], ground) => [r, g, b].map((x, i) => a * x + (1 - a) * ground[i])
  const groundOf = node => {
    if (node === null) return channels(getComputedStyle(document.body).backgroundColor).slice(0, 3)
    return over(channels(getComputedStyle(node).backgroundColor), groundOf(node.parentElement))
  }
  const light = colour => {
    const [r, g, b] = colour.map(x => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const texts = [...document.querySelectorAll('body *')].filter(
    node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim() !== '') &&
      node.checkVisibility() && !node.closest(':disabled, .unseen'))
  return texts.flatMap(node => {
    const ground = groundOf(node)
    const [a, b] = [light(over(channels(getComputedStyle(node).color), ground)), light(ground)].sort((x, y) => y - x)
    const contrast = (a + 0.05) / (b + 0.05)
    return contrast < 4.5 ? [node.textContent.slice(0, 30) + ' ' + node.className + ' ' + contrast.toFixed(2)] : []
  })
})()`
