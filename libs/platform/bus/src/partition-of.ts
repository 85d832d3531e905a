const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The hash of Kafka's own clients (murmur2, 32 bit), so that every bus puts a station into the same partition. */
export function murmur2(data: Uint8Array): number {
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24);
    word = Math.imul(word, M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = data.length - whole;
  if (rest > 0) {
    for (let at = rest - 1; at >= 0; at--) hash ^= byte(data, whole + at) << (8 * at);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The partition of a key. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
