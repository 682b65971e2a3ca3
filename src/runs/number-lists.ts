// Columns of lists of numbers, written from the arrays as they are. Tokens are most of what a run stores, and a general writer
// goes through them one by one, which takes longer than all else that a run does with them.

import { ByteWriter, type ParquetWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'

/** A column of an optional list of required numbers; float32 where they are FLOAT. */
export interface NumberLists {
  readonly name: string
  readonly type: 'INT32' | 'FLOAT'
  readonly rows: readonly (ArrayLike<number> | null)[]
}

export type ColumnChunk = ParquetWriter['row_groups'][number]['columns'][number]

const pageValues = 2 ** 18 // a page ends with the row that reaches them
const triedBytes = 2 ** 15 // that say whether packing is worth its time
const worthIt = 0.9 // of the size before

/** Writes one column of a row group, and says where it lies. */
export function writeNumberLists(
  writer: ByteWriter,
  { name, type, rows }: NumberLists,
): ColumnChunk {
  const start = writer.offset
  let [values, plain] = [0, 0] // entries, and bytes before packing
  let isPacked: boolean | null = null
  for (const page of pagesOf(rows)) {
    const { numbers, repetition, definition, entries, nulls } = layOut(page, type)
    isPacked ??= packs(numbers)
    const content = isPacked ? snappyCompress(numbers) : numbers
    const levels = repetition.offset + definition.offset
    const before = writer.offset
    writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels + numbers.length,
      compressed_page_size: levels + content.length,
      data_page_header_v2: {
        num_values: entries,
        num_nulls: nulls,
        num_rows: page.length,
        encoding: 'PLAIN',
        repetition_levels_byte_length: repetition.offset,
        definition_levels_byte_length: definition.offset,
        is_compressed: isPacked,
      },
    })
    plain += writer.offset - before + levels + numbers.length
    for (const part of [repetition.getBytes(), definition.getBytes(), content])
      writer.appendBytes(part)
    values += entries
  }
  return {
    file_offset: BigInt(start),
    meta_data: {
      type,
      encodings: ['PLAIN', 'RLE'],
      path_in_schema: [name, 'list', 'element'],
      codec: isPacked ? 'SNAPPY' : 'UNCOMPRESSED',
      num_values: BigInt(values),
      total_uncompressed_size: BigInt(plain),
      total_compressed_size: BigInt(writer.offset - start),
      data_page_offset: BigInt(start),
    },
  }
}

/** Rows in order, in pages. */
function* pagesOf(rows: NumberLists['rows']): Generator<NumberLists['rows']> {
  let [from, values] = [0, 0]
  for (const [i, row] of rows.entries()) {
    values += row?.length ?? 0
    if (values < pageValues && i < rows.length - 1) continue
    yield rows.slice(from, i + 1)
    ;[from, values] = [i + 1, 0]
  }
}

/** The numbers of a page behind one another, and its levels: of an absent list 0, of an empty one 1, of a number 2. */
function layOut(page: NumberLists['rows'], type: NumberLists['type']) {
  const size = page.reduce((sum, row) => sum + (row?.length ?? 0), 0)
  const numbers = type === 'FLOAT' ? new Float32Array(size) : new Int32Array(size)
  const [repetition, definition] = [new Runs(), new Runs()]
  let [at, nulls] = [0, 0]
  for (const row of page) {
    const length = row?.length ?? 0
    repetition.add(0, 1)
    repetition.add(1, length - 1)
    definition.add(row === null ? 0 : length === 0 ? 1 : 2, Math.max(1, length))
    if (row !== null && length > 0) numbers.set(row, at)
    else nulls++
    at += length
  }
  return {
    numbers: new Uint8Array(numbers.buffer),
    repetition: repetition.end(),
    definition: definition.end(),
    entries: size + nulls,
    nulls,
  }
}

/** Levels as runs of equal ones: twice the length as a varint, then the level as a byte. */
class Runs {
  private readonly writer = new ByteWriter(64)
  private level = 0
  private length = 0

  add(level: number, length: number): void {
    if (length <= 0) return
    if (level !== this.level) this.end()
    this.level = level
    this.length += length
  }

  end(): ByteWriter {
    if (this.length > 0) {
      this.writer.appendVarInt(2 * this.length)
      this.writer.appendUint8(this.level)
    }
    this.length = 0
    return this.writer
  }
}

/** Whether a part of some bytes gets smaller: log-probabilities do not, and ids and advantages of steps do. */
function packs(bytes: Uint8Array): boolean {
  const tried = bytes.subarray(0, triedBytes)
  return snappyCompress(tried).length < worthIt * tried.length
}
