import { MAX_NAME_LENGTH } from './limits';

/** The name of a file as it is shown and offered: the last part of what a station or an operator wrote, of plain characters, and never hidden. No path is made of it. */
export function fileNameOf(written: string | null, otherwise: string): string {
  const last = (written ?? '').split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
  const plain = last
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-MAX_NAME_LENGTH)
    .replace(/^[._-]+/, '');
  return plain === '' ? otherwise : plain;
}
