/** Adds rows [T, D] to those of a table, which begins at `offset`, that the ids name: one after the other, always so. */
export function addRows(
  total: Float32Array,
  offset: number,
  rows: Float32Array,
  ids: BigInt64Array,
): void {
  const size = rows.length / ids.length
  for (let t = 0, from = 0; t < ids.length; t++) {
    let to = offset + size * Number(ids[t])
    for (let d = 0; d < size; d++) total[to++]! += rows[from++]!
  }
}
