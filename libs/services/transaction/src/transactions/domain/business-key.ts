import { deterministicId } from '@voltbus/contracts';

/** Most characters of a business key: with the rest of its row it fits an index of Postgres (2,704 bytes). */
const MAX_KEY_LENGTH = 400;
const DIGEST_LENGTH = 36;

/**
 * A business key of bounded length. A station may write a timestamp as long as its frame: a long key is known by its
 * digest, so that the same message is still the same.
 */
export function boundedKey(key: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  const beginning = key.slice(0, MAX_KEY_LENGTH - DIGEST_LENGTH - 1).replace(/[\ud800-\udbff]$/, '');
  return `${beginning}#${deterministicId(key)}`;
}
