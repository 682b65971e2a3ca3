import type { DuckDBConnection } from '@duckdb/node-api'
import { ConfigError } from '../errors.ts'

/** A database in memory that sees no file, and its only connection. */
export interface Database {
  readonly connection: DuckDBConnection
  close(): void
}

/**
 * Opens a database in memory that takes at most so many bytes and writes nothing anywhere. Throws ConfigError where DuckDB,
 * which minform does not bring, is not installed.
 */
export async function openDatabase(memory: number): Promise<Database> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch(cause => {
    throw new ConfigError(
      'query asks DuckDB, which is not installed here; npm install @duckdb/node-api, beside minform',
      { cause },
    )
  })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memory}B`,
    threads: '2',
    temp_directory: '', // what does not fit in memory is refused, not written
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    connection,
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Lets a database see these files and no other, for good. */
export async function seal(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  const seen = files.flatMap(file => [...new Set([file, literal(file)])])
  await connection.run(`set allowed_paths = [${seen.map(quoted).join(', ')}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
}

/** A path as the database opens it, to which *, ? and [ mean any path: it looks at this one too before it looks for files. */
export function literal(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]')
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name of a column as SQL writes it. */
export function named(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
