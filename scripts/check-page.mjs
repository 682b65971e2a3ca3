// Type-checks the components of the page: of each .svelte file its script as it stands, and after it the expressions of its markup as
// statements, with the types that elements and other components expect. TypeScript itself reads no .svelte files.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'svelte/compiler'

const root = join(import.meta.dirname, '..')
const out = join(root, '.page-check') // beside page, so that imports of ../src lead to the same files

const helpers = `import type { Action } from 'svelte/action'
export declare function __use<T>(attributes: T): void
export declare function __list<T>(items: Iterable<T> | ArrayLike<T> | null | undefined): T[]
export declare function __bind<T>(get: () => T, set: (value: T) => void): void
export declare function __action<P>(action: Action<any, P>, parameter?: P): void
`
const config = { extends: '../page/tsconfig.json', include: ['**/*.ts'] }

const files = readdirSync(join(root, 'page')).filter(name => name.endsWith('.svelte'))
const lines = new Map() // by the files that are written: of each of their lines the line it comes from
rmSync(out, { recursive: true, force: true })
mkdirSync(out)
try {
  writeFileSync(join(out, 'helpers.ts'), helpers)
  writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(config))
  for (const name of files) {
    const { text, from } = typed(readFileSync(join(root, 'page', name), 'utf8'))
    writeFileSync(join(out, `${name}.ts`), text)
    lines.set(`${name}.ts`, from)
  }
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [tsc, '-p', out, '--noEmit', '--pretty', 'false']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  })
  process.stdout.write(
    `${stdout}${stderr}`.replaceAll(/^.*?\.page-check\/(\S+?)\((\d+),(\d+)\)/gm, placed),
  )
  process.exitCode = status ?? 1
} finally {
  rmSync(out, { recursive: true, force: true })
}

function placed(_, file, line, column) {
  const from = lines.get(file)?.[Number(line) - 1] ?? line
  return `page/${file.replace(/\.ts$/, '')}(${from},${column})`
}

/** A component as a module: its script on the lines where it stands, then its markup in a function. */
function typed(source) {
  const { instance, fragment } = parse(source, { modern: true })
  const written = []
  const from = []
  const lineOf = position => source.slice(0, position).split('\n').length
  const of = ({ start, end }) => source.slice(start, end)
  const emit = (text, line = 0) => {
    for (const [i, one] of text.split('\n').entries()) {
      written.push(one)
      from.push(line === 0 ? undefined : line + i)
    }
  }
  const script = instance === null ? '' : of(instance.content)
  const first = instance === null ? 1 : lineOf(instance.content.start)
  for (let line = 1; line < first; line++) emit('', line)
  emit(imported(script), first)
  emit("import { __action, __bind, __list, __use } from './helpers.ts'")
  emit('void [__action, __bind, __list, __use]')
  emit('function __template() {')
  const said = node => emit(`;(${of(node)});`, lineOf(node.start))
  const all = ({ nodes }) => nodes.forEach(one)
  const block = fragment => {
    emit('{')
    if (fragment) all(fragment)
    emit('}')
  }
  const markup = {
    ExpressionTag: ({ expression }) => said(expression),
    HtmlTag: ({ expression }) => said(expression),
    RenderTag: ({ expression }) => said(expression),
    ConstTag: ({ declaration }) =>
      emit(`const ${declaration.declarations.map(of).join(', ')}`, lineOf(declaration.start)),
    IfBlock: ({ test, consequent, alternate }) => {
      emit(`if (${of(test)})`, lineOf(test.start))
      block(consequent)
      if (alternate) emit('else')
      if (alternate) block(alternate)
    },
    EachBlock: ({ expression, context, index, key, body, fallback }) => {
      const named = context ? of(context) : '__item'
      emit(`for (const ${named} of __list(${of(expression)})) {`, lineOf(expression.start))
      if (index) emit(`const ${index} = 0 as number; void ${index}`)
      if (key) said(key)
      all(body)
      emit('}')
      if (fallback) block(fallback)
    },
    KeyBlock: ({ expression, fragment }) => {
      said(expression)
      block(fragment)
    },
    SnippetBlock: ({ expression, parameters, body }) => {
      emit(`function ${of(expression)}(${parameters.map(of).join(', ')})`, lineOf(expression.start))
      block(body)
    },
    Component: node => used(node, `import('svelte').ComponentProps<typeof ${node.name}>`),
    RegularElement: node => used(node, element(node.name)),
    SvelteWindow: node => used(node, element('svelte:window')),
    Text: () => {},
    Comment: () => {},
  }
  const element = name => `import('svelte/elements').SvelteHTMLElements['${name}']`
  const used = ({ attributes, fragment }, type) => {
    emit(`__use<${type}>({`)
    attributes.forEach(attribute)
    emit('})')
    attributes.forEach(directive)
    block(fragment)
  }
  const value = found => {
    if (found === true) return 'true'
    if (found.type === 'ExpressionTag') return of(found.expression)
    if (found.every(({ type }) => type === 'Text'))
      return `${JSON.stringify(found.map(of).join(''))} as never`
    return `\`${found.map(part => (part.type === 'Text' ? '' : `\${${of(part.expression)}}`)).join('')}\``
  }
  const attribute = node => {
    if (node.type === 'Attribute')
      emit(`${JSON.stringify(node.name)}: ${value(node.value)},`, lineOf(node.start))
    if (node.type === 'SpreadAttribute') emit(`...${of(node.expression)},`, lineOf(node.start))
  }
  const directive = ({ type, name, expression, value: styled, start }) => {
    const line = lineOf(start)
    if (type === 'Attribute' || type === 'SpreadAttribute') return
    if (type === 'UseDirective')
      emit(`__action(${[name, ...(expression ? [of(expression)] : [])].join(', ')})`, line)
    else if (type === 'BindDirective' && expression.type === 'SequenceExpression')
      emit(`__bind(${expression.expressions.map(of).join(', ')})`, line)
    else if (type === 'BindDirective' || type === 'ClassDirective') said(expression)
    else if (type === 'StyleDirective') emit(`void (${value(styled)})`, line)
    else throw new Error(`check-page: a directive ${type} in line ${line}`)
  }
  const one = node => {
    const known = markup[node.type]
    if (known === undefined)
      throw new Error(`check-page: markup ${node.type} in line ${lineOf(node.start)}`)
    known(node)
  }
  all(fragment)
  emit('}')
  emit('void __template')
  emit(`export default null! as import('svelte').Component<${propsOf(instance, of)}>`)
  return { text: written.join('\n'), from }
}

/** The type that a component gives its properties. */
function propsOf(instance, of) {
  const declarators = (instance?.content.body ?? []).flatMap(one => one.declarations ?? [])
  const props = declarators.find(({ init }) => init?.callee?.name === '$props')
  return props?.id.typeAnnotation ? of(props.id.typeAnnotation).replace(/^\s*:/, '') : '{}'
}

/** A script whose imports lead from the folder beside the page to the same files. */
function imported(script) {
  return script.replaceAll(/(from |import )'\.\/([^']+)'/g, (_, what, name) =>
    name.endsWith('.svelte') ? `${what}'./${name}.ts'` : `${what}'../page/${name}'`,
  )
}
