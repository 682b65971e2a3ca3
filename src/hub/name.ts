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

/** Whether a stored name, at its commit, may be what another one asked for; a branch or tag may have been any commit. */
export function samePin(asked: string, stored: string): boolean {
  const [a, b] = [hubName(asked), hubName(stored)]
  if (a === null || b === null || a.repo !== b.repo || a.file !== b.file) return false
  return a.revision === b.revision || (!isCommit(a.revision) && isCommit(b.revision))
}

/** Whether a revision is a whole commit, which never changes. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision)
}
