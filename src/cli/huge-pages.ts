// Memory of products in huge pages: the processor then finds it faster. The C library asks for them where it is told so
// before a program starts, so the program starts itself once more, in its own place: same process, same terminal.

import { readFileSync } from 'node:fs'

/** What decides whether a program starts once more. */
export interface Start {
  readonly command: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly offered: boolean // by the system, to programs that ask
  readonly replaceable: boolean // whether Node can put a program in the place of this one
}

/** Commands that compute with models. */
const computing = new Set(
  'train compare eval sample score search sft prm prepare write credit'.split(' '),
)

/** '0': never; '=' and what the tunables were: in the second start. */
const marker = 'MINFORM_HUGE_PAGES'
const tunables = 'GLIBC_TUNABLES'
const asks = 'glibc.malloc.hugetlb'

/** The environment to start once more in; null where that would change nothing, or is not wanted. */
export function hugePagesEnv({
  command,
  env,
  offered,
  replaceable,
}: Start): NodeJS.ProcessEnv | null {
  const told = env[tunables] ?? ''
  if (command === undefined || !computing.has(command)) return null
  if (!offered || !replaceable || env[marker] !== undefined || told.includes(asks)) return null
  const all = [...(told === '' ? [] : [told]), `${asks}=1`].join(':')
  return { ...env, [tunables]: all, [marker]: `=${told}` }
}

/** Starts this program once more where that helps; what it starts in turn has the environment that the user gave. */
export function startInHugePages(): void {
  if (restored()) return
  const { execve } = process as { execve?: Execve }
  const env = hugePagesEnv({
    command: process.argv[2],
    env: process.env,
    offered: process.platform === 'linux' && offersHugePages(),
    replaceable: execve !== undefined,
  })
  const { execPath, execArgv, argv } = process
  if (env !== null) execve!(execPath, [execPath, ...execArgv, ...argv.slice(1)], env)
}

/** Of Node 22.15 and later. */
type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never

/** Whether this is the second start; the environment is then as it was before the first. */
function restored(): boolean {
  const { [marker]: told } = process.env
  if (told === undefined || told === '0') return false
  const before = told.slice(1)
  if (before === '') delete process.env[tunables]
  else process.env[tunables] = before
  delete process.env[marker]
  return true
}

/** Whether a program of this system that asks for huge pages gets them. */
function offersHugePages(): boolean {
  try {
    const setting = readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8')
    return setting.includes('[madvise]')
  } catch {
    return false
  }
}
