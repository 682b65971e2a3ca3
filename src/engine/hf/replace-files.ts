// The files of a model folder, written all or not at all. They are written elsewhere first. A new folder then gets its
// name in one rename. In a folder that exists, renaming the finished files' own folder is the moment of the save; moving
// them up follows, meanwhile the file without which nothing reads the folder is away, and a crash there is made good when
// the folder is next opened. Files of others in the folder are never touched.

import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { z } from 'zod'
import { checked } from '../../data/checked.ts'
import { openFile, readText } from '../../data/plain-file.ts'
import { DataError, MinformError } from '../../errors.ts'

/** What is replaced. */
export interface Replacement {
  /** Writes every new file into this empty folder. */
  readonly write: (stage: string) => Promise<void>
  /** The file without which nothing reads the folder. */
  readonly key: string
  /** Whether a file, by its name, belongs to what is replaced, and goes unless it is written again. */
  readonly owns: (name: string) => boolean
}

const unfinished = '.saving-' // then the process, its thread and a number
const finished = '.saved'
const planFile = '.plan.json'
/** A name in the folder itself: a plan may come with a folder of somebody else's. */
const ownName = z.string().refine(name => basename(name) === name && name !== '..')
const planSchema = z.object({ key: ownName, remove: z.array(ownName) })
type Plan = z.infer<typeof planSchema>

let count = 0

/**
 * Replaces files of `folder`, which is made where it is missing. Throws DataError when they cannot be written; what was
 * there is then as it was.
 */
export async function replaceFiles(folder: string, replacement: Replacement): Promise<void> {
  try {
    await finishReplacing(folder)
    if ((await namesIn(folder)) === null) await makeFolder(folder, replacement)
    else await replaceInside(folder, replacement)
  } catch (cause) {
    if (cause instanceof MinformError) throw cause
    throw new DataError(`${folder}: cannot be written: ${(cause as Error).message}`, { cause })
  }
}

/** Makes good a crash between the moment of a save and its end; nothing otherwise. Throws DataError when it cannot. */
export async function finishReplacing(folder: string): Promise<void> {
  const stage = join(folder, finished)
  // A folder that cannot be looked into is for the reader of its files to complain about.
  if ((await namesIn(stage).catch(() => null)) === null) return
  try {
    const json: unknown = JSON.parse(readText(join(stage, planFile)))
    const plan = checked(planSchema, json, wrong => new DataError(wrong), { at: planFile })
    await moveUp(folder, plan)
  } catch (cause) {
    const why = (cause as Error).message
    throw new DataError(
      `${folder}: holds a finished save in ${finished} that cannot be moved into place: ${why}`,
      { cause },
    )
  }
}

/** Writes a whole file and waits until it is on disk. */
export async function writeDurably(
  file: string,
  write: (handle: FileHandle) => Promise<unknown>,
): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await write(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function makeFolder(folder: string, { write }: Replacement): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  await withStage(parent, `.${basename(folder)}`, async stage => {
    await write(stage)
    await syncFolder(stage)
    await rename(stage, folder)
    await syncFolder(parent)
  })
}

async function replaceInside(folder: string, { write, key, owns }: Replacement): Promise<void> {
  await withStage(folder, '', async stage => {
    await write(stage)
    const written = (await namesIn(stage))!
    const there = (await namesIn(folder))!
    const remove = there.filter(name => owns(name) && !written.includes(name))
    const changed: string[] = []
    for (const name of written) {
      if (await sameContent(join(stage, name), join(folder, name))) await rm(join(stage, name))
      else changed.push(name)
    }
    if (changed.length === 0 && remove.length === 0) return
    if (changed.length === 1 && remove.length === 0) {
      await rename(join(stage, changed[0]!), join(folder, changed[0]!))
      return syncFolder(folder)
    }
    const plan: Plan = { key, remove }
    await writeDurably(join(stage, planFile), file => file.writeFile(JSON.stringify(plan)))
    await syncFolder(stage)
    await rename(stage, join(folder, finished))
    await syncFolder(folder)
    await finishReplacing(folder)
  })
}

/** Every step may have been done before: a crash can come after any of them. */
async function moveUp(folder: string, { key, remove }: Plan): Promise<void> {
  const stage = join(folder, finished)
  const staged = (await namesIn(stage)) ?? []
  if (staged.includes(key)) await rm(join(folder, key), { force: true })
  else await renameIfThere(join(folder, key), join(stage, key))
  for (const name of remove) await rm(join(folder, name), { force: true })
  for (const name of staged)
    if (name !== key && name !== planFile)
      await renameIfThere(join(stage, name), join(folder, name))
  await syncFolder(folder)
  await renameIfThere(join(stage, key), join(folder, key))
  await syncFolder(folder)
  const spent = join(folder, stageName()) // since removing a folder takes more than one step
  await renameIfThere(stage, spent)
  await rm(spent, { recursive: true, force: true })
}

/** Gives a new folder inside `parent` to `work`, and removes what is left of it and of such folders of dead processes. */
async function withStage(
  parent: string,
  prefix: string,
  work: (stage: string) => Promise<void>,
): Promise<void> {
  const start = prefix + unfinished
  for (const name of (await namesIn(parent)) ?? []) {
    const owner = name.startsWith(start)
      ? Number.parseInt(name.slice(start.length), 10)
      : process.pid
    if (!isAlive(owner)) await rm(join(parent, name), { recursive: true, force: true })
  }
  const stage = join(parent, prefix + stageName())
  await mkdir(stage)
  try {
    await work(stage)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

function stageName(): string {
  return `${unfinished}${process.pid}-${threadId}-${count++}`
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** The names in a folder, null where there is none. */
async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Small files alone are compared: large ones differ. */
async function sameContent(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([smallFile(a), smallFile(b)])
  return one !== null && other !== null && one.equals(other)
}

async function smallFile(file: string): Promise<Buffer | null> {
  let handle: FileHandle
  try {
    handle = await openFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return (await handle.stat()).size <= 2 ** 26 ? await handle.readFile() : null
  } finally {
    await handle.close()
  }
}

/** Makes renames last; where a system cannot, they last a little later. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}
