import { CsmsError } from '@voltbus/contracts';
import { z } from 'zod';

const position = z.tuple([z.iso.datetime(), z.guid()]);

/** Where a page of these lists ended: time and id. */
export function cursorAt(at: string, id: string): string {
  return JSON.stringify([at, id]);
}

export function readCursor(cursor: string | undefined): [string, string] | null {
  if (cursor === undefined) return null;
  try {
    return position.parse(JSON.parse(cursor));
  } catch (error) {
    throw new CsmsError('bad-request', 'no cursor of this list', {}, { cause: error });
  }
}

/** False for what no row can have as its id. */
export function isId(id: string): boolean {
  return z.guid().safeParse(id).success;
}
