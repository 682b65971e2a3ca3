// Holds the layout: what may import what, which folders are pure, how large a file may grow.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

// A unit is a folder of src, a file that lies in src itself, or a file of a folder that holds nouns which all may name.
const spine = 'errors index iterate method recipe stages types'.split(' ')
const nouns = ['engine/engine', 'engine/step-options', 'tokenizer/tokenizer']
const rooms = 'data groups http numbers text threads'.split(' ')
const base = [...rooms, ...nouns, 'errors', 'method', 'types']
const stages = ['problems', 'rollouts', 'rewards', 'credit', 'advantages', 'update']
const pure = ['credit', 'advantages', 'update']
const methods = [...base, ...stages, 'stages', 'recipe']
const beside =
  'loggers environments sandbox prm search eval engine model-source tokenizer runs plot user'.split(
    ' ',
  )
const training = [...methods, 'recipes', 'authors', ...beside]
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...each(base, base),
  ...each(stages, base),
  ...each(['plot', 'runs'], base),
  'model-source': [...base, 'hub'], // the base of an adapter may lie in the Hub's cache
  tokenizer: [...base, 'model-source'], // the same files, of a folder or a GGUF file
  engine: [...base, 'model-source', 'hub'], // which name it gives to the base of an adapter
  hub: [...base, 'runs'], // a download is locked as a run is
  learn: [...base, ...stages],
  iterate: [...base, ...stages, 'learn'],
  stages: [...base, ...stages],
  recipe: [...base, ...stages, 'stages', 'search'],
  recipes: methods,
  search: [...base, ...stages], // below methods, whose rollouts a search may be
  sandbox: base, // what runs code knows nothing of whose it is
  environments: [...base, 'problems', 'rewards', 'rollouts', 'sandbox'], // how answers are asked for; the grader's numbers
  authors: [...base, ...stages, 'environments'], // their code is run where answers' code is
  eval: [...methods, 'search'],
  prm: [
    ...methods,
    'environments',
    'search',
    'engine',
    'model-source',
    'tokenizer',
    'eval',
    'plot',
    'user',
  ], // a reward model is a folder that is opened, asked and saved
  user: [...methods, 'index'], // code of a user's imports all that minform exports
  train: [...training, 'iterate', 'hub'],
  connect: [...base, 'engine', 'tokenizer'], // what a server can do, beside a model here
  compare: [...training, 'train', 'hub'],
  explain: [...training, 'learn', 'train'], // a method is built again, to compute what a run recorded
  view: [...training, 'train', 'compare', 'explain', 'query'],
  loggers: [...base, 'runs'], // metrics, whatever they are of
  query: [...base, 'runs'], // what is recorded, and no method
  cli: [...training, 'iterate', 'train', 'compare', 'connect', 'explain', 'hub', 'query', 'view'],
  index: [...training, 'iterate', 'train', 'hub'],
}

/** Where a library may be imported when that is not simply one folder. */
const libraries: Readonly<Record<string, RegExp>> = {
  'onnxruntime-node': /^engine\/onnx\//,
  zod: /./, // the vocabulary of every boundary: rows, configurations, headers of files
}

const budgets: readonly { what: string; files: RegExp; lines: number }[] = [
  { what: 'a recipe', files: /^recipes\//, lines: 40 },
  { what: 'a stage file', files: new RegExp(`^(${stages.join('|')})/`), lines: 200 },
  { what: 'a file', files: /./, lines: 400 },
]
const functionLines = 60

const impure = [
  /\b(async|await|Promise|performance|fetch|setTimeout|setInterval)\b/,
  /\bMath\.random\b/,
  /\bDate\b/,
  /\bprocess\.(argv|cwd|env|exit|hrtime|memoryUsage|nextTick|on|stderr|stdin|stdout|uptime)\b/,
]

interface Source {
  readonly path: string // below src, with /
  readonly unit: string
  readonly text: string
  readonly imports: readonly string[] // as written
}

const sources = files(join(root, 'src')).map(readSource)

describe('imports', () => {
  test('src itself holds the spine alone: what else there is has a room', () => {
    const loose = sources.map(source => source.path).filter(path => !path.includes('/'))
    expect(loose).toEqual(spine.map(name => `${name}.ts`))
  })

  test('every folder has its place', () => {
    const units = [...new Set(sources.map(source => source.unit))]
    expect(units.filter(unit => mayImport[unit] === undefined)).toEqual([])
  })

  test('a folder imports only what lies below it', () => {
    const found = sources.flatMap(source =>
      relativeImports(source)
        .map(unitOf)
        .filter(unit => unit !== source.unit && !mayImport[source.unit]?.includes(unit))
        .map(unit => `${source.path} imports ${unit}`),
    )
    expect(found).toEqual([])
  })

  test('no file imports itself through others, types and late imports counted', () => {
    expect(circle(importsBelow(sources))).toBeNull()
  })

  test('a circle is told as the way round', () => {
    const ways = { a: ['b'], b: ['c', 'd'], c: [], d: ['e'], e: ['b'] }
    expect(circle(new Map(Object.entries(ways)))).toEqual(['b', 'd', 'e', 'b'])
    expect(circle(new Map(Object.entries({ ...ways, e: ['c'] })))).toBeNull()
  })

  test('a library is imported in one folder', () => {
    const users = new Map<string, Source[]>()
    for (const source of sources) {
      for (const name of packages(source)) users.set(name, [...(users.get(name) ?? []), source])
    }
    const found = [...users].flatMap(([name, used]) => {
      const allowed = libraries[name]
      if (allowed) return used.filter(s => !allowed.test(s.path)).map(s => `${s.path}: ${name}`)
      const units = [...new Set(used.map(source => source.unit))]
      return units.length > 1 ? [`${name} in ${units.join(', ')}`] : []
    })
    expect(found).toEqual([])
  })
})

describe('purity', () => {
  test.each(pure)('%s is synchronous: no clock, no chance, no input or output', folder => {
    const found = sources
      .filter(source => source.unit === folder)
      .flatMap(source =>
        [
          ...impure.flatMap(pattern => pattern.exec(code(source.text))?.[0] ?? []),
          ...source.imports.filter(name => !name.startsWith('.')),
        ].map(what => `${source.path}: ${what}`),
      )
    expect(found).toEqual([])
  })

  test('randomness is an argument everywhere', () => {
    const found = sources.filter(source => /\bMath\.random\(/.test(withoutComments(source.text)))
    expect(found.map(source => source.path)).toEqual([])
  })

  test.each(pure)('every file of %s is tested', folder => {
    // a method's own stage files are tested with its recipe
    const tests = [folder, 'recipes'].flatMap(name =>
      files(join(root, 'test', name)).map(file => readFileSync(file, 'utf8')),
    )
    const found = sources
      .filter(source => source.unit === folder && basename(source.path) !== 'index.ts')
      .map(source => source.path)
      .filter(path => !existsSync(join(root, 'test', path.replace(/\.ts$/, '.test.ts'))))
      .filter(path => !tests.some(text => text.includes(`src/${path}`)))
    expect(found).toEqual([])
  })
})

describe('models', () => {
  test('are opened in one place, which alone knows what engines there are', () => {
    const opener = /^engine\/(onnx\/open|tinker\/engine)\.ts$/
    const found = sources
      .filter(source => source.unit !== 'engine')
      .filter(source => relativeImports(source).some(path => opener.test(path)))
    expect(found.map(source => source.path)).toEqual([])
  })

  test('are asked only by rollouts, rewards, reward models and evaluations, by an iteration and by commands', () => {
    const may = [
      'rollouts',
      'rewards',
      'prm',
      'engine',
      'eval',
      'iterate',
      'learn',
      'connect',
      'cli',
    ]
    const found = sources
      .filter(source => !may.includes(source.unit))
      .flatMap(source =>
        [...code(source.text).matchAll(/\.(classify|sample|score)\(/g)].map(
          ([call]) => `${source.path}: ${call}`,
        ),
      )
    expect(found).toEqual([])
  })
})

describe('what a recipe is given', () => {
  test('is made in one place, of which tests and benches change a field at most', () => {
    const found = ['src', 'test', 'bench', 'examples'].flatMap(folder =>
      files(join(root, folder))
        .filter(file =>
          /(: Needs = \{|\bexplore:)(?!\s*\.\.\.)/.test(code(readFileSync(file, 'utf8'))),
        )
        .map(file => relative(root, file)),
    )
    expect(found).toEqual(['src/recipe.ts', 'src/train/needs.ts'])
  })
})

describe('examples', () => {
  test('import what their reader can: minform, Node and each other', () => {
    const found = files(join(root, 'examples')).flatMap(file =>
      importsOf(readFileSync(file, 'utf8'))
        .filter(name => !/^(minform$|node:|\.\/)/.test(name))
        .map(name => `${relative(root, file)} imports ${name}`),
    )
    expect(found).toEqual([])
  })
})

describe('messages', () => {
  test('what a schema refuses is said in one place', () => {
    const raw = /\b(prettifyError|treeifyError|ZodError)\b|\.issues\b/
    const found = sources.filter(({ path, text }) => path !== 'data/checked.ts' && raw.test(text))
    expect(found.map(source => source.path)).toEqual([])
  })
})

describe('files from elsewhere', () => {
  test('are opened in one place, which waits for no pipe', () => {
    const reading = /\b(?:readFileSync|createReadStream|readFile)\(/
    // the kernel's own files and those of this package; handles that the one place opened
    const own = ['cli/huge-pages.ts', 'runs/lock.ts', 'sandbox/run-program.ts']
    const found = sources.filter(
      ({ path, text }) =>
        path !== 'data/plain-file.ts' &&
        !own.includes(path) &&
        reading.test(text.replaceAll(/\b(?:file|handle)\.readFile\(/g, '')),
    )
    expect(found.map(source => source.path)).toEqual([])
  })
})

describe('size', () => {
  test.each(budgets)('$what has at most $lines lines', ({ files, lines }) => {
    const found = sources
      .filter(source => files.test(source.path) && basename(source.path) !== 'index.ts')
      .map(source => ({ path: source.path, lines: source.text.trimEnd().split('\n').length }))
      .filter(file => file.lines > lines)
    expect(found).toEqual([])
  })

  test(`a function has at most ${functionLines} lines`, () => {
    const found = sources.flatMap(source =>
      functions(source.text)
        .filter(f => f.lines > functionLines)
        .map(f => `src/${source.path}:${f.line} has ${f.lines} lines`),
    )
    expect(found).toEqual([])
  })

  test('functions are measured from their first line to their last', () => {
    const text = [
      'export function one(): void {',
      '  if (x) {',
      '  }',
      '}',
      'const two = (a: number): { b: number } => {',
      '  return { b: a }',
      '}',
      'class Three {',
      '  four(',
      '    a: number,',
      '  ): void {',
      '    a()',
      '  }',
      '}',
    ].join('\n')
    expect(functions(text).map(f => [f.line, f.lines])).toEqual([
      [1, 4],
      [2, 2],
      [5, 3],
      [9, 5],
    ])
  })
})

describe('names', () => {
  test('no folder for what has no place', () => {
    const found = sources.filter(s => /(^|\/)(utils?|helpers?|common|misc|lib)\//.test(s.path))
    expect(found.map(source => source.path)).toEqual([])
  })

  test('files are kebab-case', () => {
    const found = sources.filter(s => !/^([a-z0-9-]+\/)*[a-z0-9-]+\.ts$/.test(s.path))
    expect(found.map(source => source.path)).toEqual([])
  })

  test('default exports are commands and recipes', () => {
    const found = sources
      .filter(source => /^export default\b/m.test(source.text))
      .filter(source => !['cli', 'recipes'].includes(source.unit))
    expect(found.map(source => source.path)).toEqual([])
  })
})

function each(units: readonly string[], may: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(units.map(unit => [unit, may]))
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
    .sort()
}

function readSource(file: string): Source {
  const path = relative(join(root, 'src'), file).split(sep).join('/')
  const text = readFileSync(file, 'utf8')
  return { path, unit: unitOf(path), text, imports: importsOf(text) }
}

function unitOf(path: string): string {
  const module = path.replace(/\.ts$/, '')
  return nouns.includes(module) ? module : (module.split('/')[0] as string)
}

function importsOf(text: string): string[] {
  const clauses =
    /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g
  return [...withoutComments(text).matchAll(clauses)].map(m => (m[1] ?? m[2]) as string)
}

function relativeImports(source: Source): string[] {
  return source.imports
    .filter(name => name.startsWith('.'))
    .map(name => join(dirname(source.path), name).split(sep).join('/'))
}

/** What a user's own code may import is all of minform; it is lent where that code is loaded, once all of it is there. */
const lent: Readonly<Record<string, string>> = { 'user/load.ts': 'index.ts' }

/** The imports of each file that are files too. */
function importsBelow(sources: readonly Source[]): Map<string, readonly string[]> {
  const known = new Set(sources.map(source => source.path))
  return new Map(
    sources.map(source => [
      source.path,
      relativeImports(source).filter(path => known.has(path) && lent[source.path] !== path),
    ]),
  )
}

/** A way through imports that comes back to where it began; null where there is none. */
function circle(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const from = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
    if (done.has(file)) return null
    for (const next of imports.get(file) ?? []) {
      const found = from(next, [...way, file])
      if (found !== null) return found
    }
    done.add(file)
    return null
  }
  for (const file of imports.keys()) {
    const found = from(file, [])
    if (found !== null) return found
  }
  return null
}

function packages(source: Source): string[] {
  return source.imports
    .filter(name => !name.startsWith('.') && !name.startsWith('node:'))
    .map(name =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
}

function lexemes(): RegExp {
  return /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
}

function withoutComments(text: string): string {
  return text.replace(lexemes(), found => (found.startsWith('/') ? '' : found))
}

/** A text without its comments and strings. */
function code(text: string): string {
  return text.replace(lexemes(), found => (found.startsWith('/') ? '' : "''"))
}

/**
 * The blocks that follow a parameter list, by the formatter's indentation. Loops and conditions are
 * among them: one that is too long lies in a function that is too long.
 */
function functions(text: string): { line: number; lines: number }[] {
  const lines = text.split('\n')
  const opens = /\)(: .+)? \{$|=> \{$|^\s*\} \{$/
  return lines.flatMap((line, i) => {
    if (!opens.test(line)) return []
    const indent = /^\s*/.exec(line)?.[0] as string
    const closesSignature = /^\s*[)}]/.test(line)
    const start = closesSignature ? lastAt(lines, i, indent) : i
    const end = lines.findIndex((other, j) => j > i && other.startsWith(`${indent}}`))
    return end < 0 ? [] : [{ line: start + 1, lines: end - start + 1 }]
  })
}

/** The line before i at the same indentation: where a signature of several lines begins. */
function lastAt(lines: readonly string[], i: number, indent: string): number {
  for (let j = i - 1; j >= 0; j--) {
    const line = lines[j] as string
    if (line.startsWith(indent) && /^[^\s)}]/.test(line.slice(indent.length))) return j
  }
  return i
}
