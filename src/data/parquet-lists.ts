// Columns of lists of numbers, as views of the arrays that they are stored as. A general reader builds each list number by number,
// which takes ten times as long, and twice the memory, as all else of a file of rollouts.

import { type FileMetaData, snappyUncompress } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'

type Numbers = Float32Array | Int32Array
type Chunk = FileMetaData['row_groups'][number]['columns'][number]
type Head = ReturnType<typeof parquetHeader>

/** One column of optional lists of required numbers, by row: null for an absent list. */
export type NumberLists = readonly (Numbers | null)[]

/**
 * The columns that are such lists and are stored plainly, by name. What is stored in another way is left out, for a general
 * reader; so is a column of which any page is. Throws RangeError where a page does not hold what it says.
 */
export function numberLists(
  bytes: Uint8Array,
  { schema, row_groups }: FileMetaData,
): ReadonlyMap<string, NumberLists> {
  const found = new Map<string, NumberLists>()
  const isList = (i: number): boolean =>
    schema[i]!.repetition_type === 'OPTIONAL' &&
    schema[i]!.num_children === 1 &&
    schema[i + 1]?.repetition_type === 'REPEATED' &&
    schema[i + 1]?.num_children === 1 &&
    schema[i + 2]?.repetition_type === 'REQUIRED' &&
    schema[i + 2]?.num_children === undefined
  for (const [i, { name, num_children }] of schema.entries()) {
    if (i === 0 || num_children === undefined || !isList(i)) continue
    const path = [name, schema[i + 1]!.name, schema[i + 2]!.name].join('\n')
    const chunks = row_groups.map(({ columns }) =>
      columns.find(({ meta_data }) => meta_data?.path_in_schema.join('\n') === path),
    )
    const lists = chunks.map(chunk => (chunk === undefined ? null : chunkLists(bytes, chunk)))
    if (lists.every(list => list !== null)) found.set(name, lists.flat())
  }
  return found
}

function chunkLists(bytes: Uint8Array, { meta_data: about }: Chunk): (Numbers | null)[] | null {
  if (about === undefined || (about.type !== 'FLOAT' && about.type !== 'INT32')) return null
  if (about.codec !== 'UNCOMPRESSED' && about.codec !== 'SNAPPY') return null
  const start = Number(about.data_page_offset)
  const own = bytes.subarray(start, start + Number(about.total_compressed_size))
  const reader = { view: new DataView(own.buffer, own.byteOffset, own.byteLength), offset: 0 }
  const rows: (Numbers | null)[] = []
  while (reader.offset < own.length) {
    const head = parquetHeader(reader)
    const end = reader.offset + head.compressed_page_size
    const page = pageLists(own.subarray(reader.offset, end), head, about.type)
    if (page === null) return null
    for (const row of page) rows.push(row)
    reader.offset = end
  }
  return rows
}

/** The rows of a page; null where it is not of plain numbers after levels in runs. */
function pageLists(
  page: Uint8Array,
  { data_page_header_v2: head, uncompressed_page_size }: Head,
  type: 'FLOAT' | 'INT32',
): (Numbers | null)[] | null {
  if (head === undefined || head.encoding !== 'PLAIN') return null
  const { num_values: entries, num_nulls: nulls, num_rows: rows } = head
  const levels = [head.repetition_levels_byte_length, head.definition_levels_byte_length] as const
  const content = page.subarray(levels[0] + levels[1])
  const size = uncompressed_page_size - levels[0] - levels[1]
  if (size !== 4 * (entries - nulls) || nulls > rows)
    throw new RangeError(`a page of ${size} bytes says that it has ${entries - nulls} numbers`)
  const repetition = levelsIn(page.subarray(0, levels[0]), entries)
  const definition = levelsIn(page.subarray(levels[0], levels[0] + levels[1]), entries)
  if (repetition === null || definition === null || repetition[0] === 1) return null
  const plain = new Uint8Array(size)
  if (head.is_compressed === false) plain.set(content)
  else snappyUncompress(content, plain)
  const numbers = type === 'FLOAT' ? new Float32Array(plain.buffer) : new Int32Array(plain.buffer)
  return listsOf(numbers, repetition, definition)
}

/** Levels that are stored as runs of equal ones; null where they are packed by bits. */
function levelsIn(bytes: Uint8Array, entries: number): Uint8Array | null {
  const levels = new Uint8Array(entries)
  let [at, i] = [0, 0]
  while (i < entries) {
    let [head, shift] = [0, 0]
    for (let byte = 0x80; byte >= 0x80; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new RangeError('a page has too few levels')
      byte = bytes[at++]!
      head += (byte & 0x7f) * 2 ** shift
    }
    if (head % 2 === 1) return null
    const length = head / 2
    if (length === 0 || i + length > entries) throw new RangeError('a page has too many levels')
    levels.fill(bytes[at++] ?? 0, i, i + length)
    i += length
  }
  return levels
}

/** Lists by their levels: of an absent one 0, of an empty one 1, of a number 2. */
function listsOf(
  numbers: Numbers,
  repetition: Uint8Array,
  definition: Uint8Array,
): (Numbers | null)[] {
  const rows: (Numbers | null)[] = []
  let at = 0
  for (let i = 0; i < definition.length; ) {
    if (definition[i] === 0) rows.push(null)
    const start = at
    const isList = definition[i] !== 0
    do if (definition[i] === 2) at++
    while (++i < definition.length && repetition[i] === 1)
    if (isList) rows.push(numbers.subarray(start, at))
  }
  return rows
}
