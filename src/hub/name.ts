// How a model of the Hub is written: org/name, org/name@revision, org/name:FILE.gguf, org/name@revision:FILE.gguf.

/** A model of the Hub, and a file of it where one is named. */
export interface HubName {
  readonly repo: string // 'org/name'
  readonly revision: string // a branch, a tag or a commit; 'main' where none is said
  readonly file: string | null
}

const pattern = /^([^/@:\s]+\/[^/@:\s]+)(?:@([^:\s]+))?(?::(\S.*))?$/
const part = /^\w(?:[\w.-]*\w)?$/

/** What a text names on the Hub; null where it cannot be such a name. */
export function hubName(text: string): HubName | null {
  const found = pattern.exec(text)
  if (found === null) return null
  const [, repo = '', revision = 'main', file = null] = found
  const isName = repo.split('/').every(one => part.test(one) && !/--|\.\./.test(one))
  const inside = [revision, ...(file === null ? [] : [file])].every(isInside)
  return isName && inside ? { repo, revision, file } : null
}

/** The name as it is written. */
export function written({ repo, revision, file }: HubName): string {
  const at = revision === 'main' ? '' : `@${revision}`
  return `${repo}${at}${file === null ? '' : `:${file}`}`
}

/** Whether a path leads nowhere but into the folder that it is joined to, on any system. */
export function isInside(path: string): boolean {
  return path.split('/').every(one => /^[^\\:\0]+$/.test(one) && one !== '.' && one !== '..')
}
