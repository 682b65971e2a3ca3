// npm run sbom -- FILE: writes what the package brings with it, as CycloneDX, and refuses to where something is missing.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A package of the lock file. */
export interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly engines?: { readonly node?: string }
  readonly dev?: boolean
}

/** A component of a bill of materials. */
export interface Component {
  readonly 'bom-ref'?: string
  readonly name: string
  readonly version: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly unknown[]
}

/** The packages of a lock file by name@version, those for development only where they are asked for. */
export function lockedPackages(
  lock: { readonly packages: Readonly<Record<string, Locked>> },
  { dev = false } = {},
): ReadonlyMap<string, Locked> {
  const own = Object.entries(lock.packages).filter(
    ([path, one]) => path !== '' && (dev || !one.dev),
  )
  const name = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13)
  return new Map(own.map(([path, one]) => [`${name(path)}@${one.version}`, one]))
}

/** What a bill lacks of a lock file: a package, its hash as it is locked, its licence. */
export function lacking(
  components: readonly Component[],
  locked: ReadonlyMap<string, Locked>,
): readonly string[] {
  const listed = new Map(components.map(one => [`${one.name}@${one.version}`, one]))
  const missing = [...locked].flatMap(([name, { integrity }]) => {
    const one = listed.get(name)
    if (!one) return [`${name} is not listed`]
    const hash = one.hashes?.find(({ alg }) => alg === 'SHA-512')?.content
    const known =
      integrity && Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
    return [
      ...(hash !== undefined && hash === known ? [] : [`${name} has not the hash that is locked`]),
      ...(one.licenses?.length ? [] : [`${name} has no licence`]),
    ]
  })
  const strange = [...listed.keys()].filter(name => !locked.has(name))
  return [...missing, ...strange.map(name => `${name} is not locked`)]
}

interface Bill {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** A bill of what is locked and not for development alone; npm's own `--omit dev` also omits what both need. */
export function without(bill: Bill, locked: ReadonlyMap<string, Locked>): Bill {
  const { component } = bill.metadata
  const own = component['bom-ref']
  return {
    ...bill,
    metadata: { ...bill.metadata, component: { ...component, name: 'minform' } }, // npm takes the folder's name
    components: bill.components.filter(one => locked.has(`${one.name}@${one.version}`)),
    dependencies: bill.dependencies
      .filter(({ ref }) => ref === own || locked.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(one => locked.has(one)) })),
  }
}

function main(file: string): void {
  const root = join(import.meta.dirname, '..')
  const flags = ['--sbom-format', 'cyclonedx', '--package-lock-only']
  const whole = JSON.parse(execFileSync('npm', ['sbom', ...flags], { cwd: root, encoding: 'utf8' }))
  const locked = lockedPackages(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const bill = without(whole, locked)
  const missing = lacking(bill.components, locked)
  if (missing.length > 0) throw new Error(`the bill is not complete: ${missing.join('; ')}`)
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`)
  process.stdout.write(
    `${file}: ${bill.components.length} packages, each with its hash and licence\n`,
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  main(process.argv[2] ?? 'sbom.json')
