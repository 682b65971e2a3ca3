// The page of all systems, docs/methods.md, and the same for a terminal.

import { type Kind, methodEntry, type parts, type System, statuses, systems } from './systems.ts'

const titles: Readonly<Record<(typeof parts)[number], string>> = {
  core: 'Core',
  recipes: 'Recipes',
  benchmarks: 'Benchmarks and analyses',
  documented: 'Documented, with the part worth keeping',
}

const intro = `# The methods of the field

Written by \`npm run tables\` from the files of \`methods/\`. \`minform methods --json\` prints the same. A system is **whole** where
its paper's method is here, on text; **part** where something is left out, which is said; **missing** where nothing is. Its test
holds numbers to check it against. Commands run as they stand in a clone, after \`npm ci\`.
`

/** The text of docs/methods.md. */
export function methodsPage(all: readonly System[] = systems()): string {
  const sections = Object.entries(titles).map(([part, title]) => {
    const here = all.filter(one => one.part === part)
    return [`## ${title}: ${counted(here)}`, '', ...table(here), '', ...here.flatMap(details)]
  })
  return [intro, `All ${all.length}: ${counted(all)}.`, '', ...sections.flat()]
    .join('\n')
    .replace(/\n+$/, '\n')
}

/** A line for each system, for a terminal. */
export function methodsText(all: readonly System[] = systems()): string {
  const width = Math.max(...all.map(({ system }) => system.length))
  const lines = all.map(
    one => `${one.system.padEnd(width)}  ${one.status.padEnd(7)}  ${what(one, ', ')}`,
  )
  return [...lines.map(line => line.trimEnd()), '', `${all.length}: ${counted(all)}`, ''].join('\n')
}

function counted(all: readonly System[]): string {
  return statuses.map(s => `${all.filter(one => one.status === s).length} ${s}`).join(', ')
}

function table(all: readonly System[]): string[] {
  const rows = all.map(one => {
    const paper = one.paper.replace(/^arXiv:(\S+)$/, '[$1](https://arxiv.org/abs/$1)')
    return `| ${[one.system, paper, one.status, what(one, '; ', '`') || '-'].join(' | ')} |`
  })
  return ['| system | paper | | what it is here |', '|---|---|---|---|', ...rows]
}

/** `recipe grpo, hero; labeler omega` */
function what({ names }: System, between: string, quote = ''): string {
  return (Object.entries(names) as [Kind, string[]][])
    .map(([kind, of]) => `${kind} ${of.map(name => quote + name + quote).join(', ')}`)
    .join(between)
}

/** How it runs, where its numbers are, what differs and what is left out; nothing of a system that is missing. */
function details(one: System): string[] {
  if (one.status === 'missing') return []
  const { run, test, differs, missing } = methodEntry(one)
  return [
    `**${one.system}**`,
    ...(run === null ? [] : ['', `    ${run}`, '']),
    ...(test === null ? [] : [`- check numbers: [\`${test}\`](../${test})`]),
    ...differs.map(line => `- differs: ${line}`),
    ...(missing === null ? [] : [`- left out: ${missing}`]),
    '',
  ]
}
