// Writes what is made from the files of methods: the table of each kind, and docs/methods.md. `npm run tables`.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Table {
  readonly folder: string
  readonly file: string
  readonly about: string
  readonly name: string
  readonly type: string
  readonly typeFrom: string
  /** How a file's method is imported, by the file's name in camel case; null of a file that is none. */
  readonly imported: (camel: string, text: string) => { clause: string; name: string } | null
}

const named: Table['imported'] = (camel, text) => {
  const name = `${camel}Method`
  return text.includes(`export const ${name} = `) ? { clause: `{ ${name} }`, name } : null
}

/** The tables that are written, one entry for each file of a folder that holds a method. */
export const tables: readonly Table[] = [
  {
    folder: 'src/recipes',
    file: 'index.ts',
    about: 'Every method of training by its name.',
    name: 'recipes',
    type: 'Recipe',
    typeFrom: '../recipe',
    imported: (name, text) => (/^export default /m.test(text) ? { clause: name, name } : null),
  },
  {
    folder: 'src/prm/label/methods',
    file: 'table.ts',
    about: 'Every way to label.',
    name: 'labelMethods',
    type: 'LabelMethod',
    typeFrom: './method',
    imported: named,
  },
  {
    folder: 'src/prm/train/methods',
    file: 'table.ts',
    about: 'Every way to train a process reward model.',
    name: 'prmMethods',
    type: 'PrmMethod',
    typeFrom: './method',
    imported: named,
  },
  {
    folder: 'src/cli/search/methods',
    file: 'table.ts',
    about: 'Every search.',
    name: 'searchMethods',
    type: 'SearchMethod',
    typeFrom: './method',
    imported: named,
  },
]

/** The text of a table, from the files that lie beside it. */
export function tableText({ folder, file, about, name, type, typeFrom, imported }: Table): string {
  const found = readdirSync(`${root}/${folder}`)
    .filter(one => one.endsWith('.ts') && one !== file)
    .map(one => one.slice(0, -3))
    .sort()
    .flatMap(one => {
      const camel = one.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
      const method = imported(camel, readFileSync(`${root}/${folder}/${one}.ts`, 'utf8'))
      return method === null ? [] : [{ ...method, from: `./${one}` }]
    })
  const all = [...found, { clause: `type { ${type} }`, from: typeFrom }]
  return [
    '// Written by `npm run tables` from the files beside it.',
    '',
    ...all
      .sort((a, b) => (a.from < b.from ? -1 : 1))
      .map(({ clause, from }) => `import ${clause} from '${from}.ts'`),
    '',
    `/** ${about} */`,
    `export const ${name}: readonly ${type}[] = [`,
    ...found.map(one => `  ${one.name},`),
    ']',
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const table of tables)
    writeFileSync(`${root}/${table.folder}/${table.file}`, tableText(table))
  const { methodsPage } = await import('../src/cli/methods/page.ts') // reads the tables
  writeFileSync(`${root}/docs/methods.md`, methodsPage())
}
