/** Bytes of a file, the last one included. */
export interface ByteRange {
  first: number;
  last: number;
}

/** One range of bytes (RFC 9110, 14.1.2): from, to; or the last so many. */
const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i;

/**
 * What a `Range` asks for of a file of so many bytes. A header that is none, has several ranges or one that runs backwards is passed over, as RFC 9110 (14.2)
 * lets us: the whole file is sent.
 */
export function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, from = '', to = ''] = RANGE.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'whole';
  if (from === '') {
    const count = Math.min(Number(to), sizeBytes);
    return count === 0 ? 'unsatisfiable' : { first: sizeBytes - count, last: sizeBytes - 1 };
  }
  if (to !== '' && Number(to) < Number(from)) return 'whole';
  if (Number(from) >= sizeBytes) return 'unsatisfiable';
  return { first: Number(from), last: to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1) };
}
