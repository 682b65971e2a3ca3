// What a comparison is asked to do, and the terms that all its runs share. Terms are kept beside the runs, so that a
// folder is never continued on other ones.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readText, streamOf } from '../data/plain-file.ts'
import { ConfigError, DataError, RunError } from '../errors.ts'
import { findModel } from '../hub/find-model.ts'
import { isModel, modelSource } from '../model-source/model-source.ts'
import type { Recipe, Values } from '../recipe.ts'
import { isRemote } from '../train/engine.ts'
import { filesOf } from '../train/grader.ts'
import { isTemplateFile } from '../train/prompting.ts'
import type { WholeRequest } from '../train/request/request.ts'
import type { Json } from '../types.ts'
import { codeOf, namesFile } from '../user/load.ts'
import type { RecipeSource } from '../user/recipe.ts'

/** A recipe with some of its options set. */
export interface Variant {
  readonly name: string // 'pure-prm-vr:labelled=0.2'; what is at its default is left out
  readonly recipe: Recipe
  readonly recipeSource: RecipeSource | null
  readonly overrides: Readonly<Record<string, string>>
  readonly options: Values
}

/** One run of a comparison. */
export interface PlannedRun {
  readonly variant: Variant
  readonly seed: number
  readonly request: WholeRequest
}

export type Terms = Readonly<Record<string, Json>>

/** The folder of a variant's run below that of the comparison. */
export function runFolder(folder: string, { recipe, overrides }: Variant, seed: number): string {
  const set = Object.entries(overrides).map(
    ([name, value]) => `--${name}-${encodeURIComponent(value)}`,
  )
  return join(folder, 'runs', recipe.name + set.join(''), `seed-${seed}`)
}

/**
 * What all requests share: every setting but what makes each run its own, and the sums of the files they start from. A
 * model or a problem file that cannot be read is a ConfigError or a DataError; requests that differ are a RangeError.
 */
export async function termsOf(requests: readonly WholeRequest[]): Promise<Terms> {
  const shared = requests.map(sharedSettings)
  const [first] = shared
  if (!first) throw new RangeError('termsOf: no requests')
  const odd = shared.find(settings => JSON.stringify(settings) !== JSON.stringify(first))
  if (odd) throw new RangeError(`termsOf: ${JSON.stringify(odd)} beside ${JSON.stringify(first)}`)
  const { model, problemsFile, testFile, task, template, reward, verifier } = requests[0]!
  const prm = requests.find(request => request.prm !== null)?.prm ?? null
  const judge = requests.find(({ scorer }) => scorer)?.scorer ?? null
  return {
    ...first,
    model: model === null ? null : await modelTerm(model, !isRemote(requests[0]!)),
    prm: prm === null ? null : await modelTerm(prm),
    judge: judge as Json,
    chat: (requests.find(({ chat }) => chat)?.chat ?? null) as Json,
    problemsFile: problemsFile === null ? null : await fileTerm(problemsFile),
    testFile: testFile === null ? null : await fileTerm(testFile),
    task: task !== null && namesFile(task) ? await fileTerm(task) : task,
    template: template !== null && isTemplateFile(template) ? await fileTerm(template) : template,
    reward: reward === null ? null : await fileTerm(reward),
    verifier: verifier === null ? null : { ...verifier, code: codeOf(filesOf(verifier)) },
  }
}

/** Makes the folder of a comparison, or continues the one of the same terms; others are a ConfigError. */
export function openFolder(folder: string, terms: Terms): void {
  const file = join(folder, 'terms.json')
  if (existsSync(file)) {
    requireSame(folder, readTerms(file), terms)
    return
  }
  try {
    mkdirSync(folder, { recursive: true })
    if (readdirSync(folder).length > 0) {
      throw new ConfigError(
        `${folder} holds something else (it has no terms.json); choose another --out`,
      )
    }
    writeFileSync(file, `${JSON.stringify(terms, null, 2)}\n`)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    throw new RunError(`cannot write a comparison to ${folder}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function sharedSettings(request: WholeRequest): Record<string, Json> {
  const {
    recipe: _r,
    recipeSource: _c,
    overrides: _o,
    folder: _f,
    seed: _s,
    prm: _p,
    scorer: _j,
    chat: _h,
    ...settings
  } = request
  return settings
}

function readTerms(file: string): Terms {
  try {
    return JSON.parse(readText(file)) as Terms
  } catch (cause) {
    throw new RunError(`cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

function requireSame(folder: string, there: Terms, asked: Terms): void {
  const differing = differingTerms(there, asked)
  if (differing.length === 0) return
  const each = differing.map(
    name => `${name} is ${termText(there[name])} there and ${termText(asked[name])} here`,
  )
  throw new ConfigError(
    `${folder} holds a comparison of other terms: ${each.join('; ')}; choose another --out`,
  )
}

/** The names of terms that are not the same; variants that need a judge, or a chat model, may join ones that need none, and the other way round. */
export function differingTerms(there: Terms, asked: Terms): readonly string[] {
  return Object.keys(asked).filter(
    name =>
      name in there &&
      (!['prm', 'judge', 'chat'].includes(name) ||
        (there[name] !== null && asked[name] !== null)) &&
      termText(there[name]) !== termText(asked[name]),
  )
}

/** A term to be compared: a file is what it holds, wherever it lies. */
function termText(term: Json | undefined): string {
  return JSON.stringify((term as { sha256?: Json } | null | undefined)?.sha256 ?? term)
}

async function modelTerm(named: string, weights = true): Promise<Json> {
  const { path: folder } = await findModel(named, { weights })
  if (!(await isModel(folder))) {
    throw new ConfigError(
      `${folder}: no model there; expected a folder with config.json and model.safetensors, or a GGUF file`,
    )
  }
  const { gguf } = await modelSource(folder)
  const files = gguf === null ? shardsOf(folder, weights) : [gguf.file]
  const sums = await Promise.all(files.map(sumOf))
  return {
    path: folder === named ? relative('.', folder) : named,
    sha256: sums.map(sum => sum.slice(0, 16)).join(' '),
  }
}

/** The files of a folder that make its model what it is: of one whose weights are elsewhere, what it describes them by. */
function shardsOf(folder: string, weights: boolean): string[] {
  const wanted = weights ? /\.safetensors$/ : /^(config|tokenizer)\.json$/
  const names = readdirSync(folder).filter(name => wanted.test(name))
  return names.sort().map(name => join(folder, name))
}

async function fileTerm(file: string): Promise<Json> {
  try {
    return { path: relative('.', file), sha256: (await sumOf(file)).slice(0, 16) }
  } catch (cause) {
    throw new DataError(`${file}: cannot be read: ${(cause as Error).message}`, { cause })
  }
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(await streamOf(file), hash)
  return hash.digest('hex')
}
