import { isUtf8 } from 'node:buffer';
import { CsmsError, asText } from '@voltbus/contracts';
import type { ImportTarget, ItemProblem } from '@voltbus/http';
import { MAX_ITEMS } from '../limits';
import { csvItems } from './csv-items';
import { jsonlItems } from './jsonl-items';
import type { ParsedItem } from './parsed-item';

/** UTF-8's byte order mark, which some spreadsheets write. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** Characters of a key that a result shows. */
const MAX_KEY = 255;

/** An item as it is stored: with the body of its PUT, or with what is wrong with it already. */
export interface NewItem {
  line: number;
  /** As it was given; null: it has none. */
  key: string | null;
  body: Record<string, unknown> | null;
  problem: ItemProblem | null;
}

/** The items of a body in order. Throws `bad-request`, `invalid` and `payload-too-large` for what is wrong with the body as a whole. */
export async function parseItems(format: 'csv' | 'jsonl', sent: Buffer, target: ImportTarget): Promise<NewItem[]> {
  if (!isUtf8(sent)) throw new CsmsError('bad-request', 'the body is not UTF-8');
  const bytes = sent.subarray(0, BOM.length).equals(BOM) ? sent.subarray(BOM.length) : sent;
  const parsed = format === 'csv' ? csvItems(bytes, target.keyMember, target.schema) : jsonlItems(bytes);
  const [items, lines] = [[] as NewItem[], new Map<string, number>()];
  for await (const item of parsed) {
    if (items.length >= MAX_ITEMS) throw new CsmsError('payload-too-large', `an import has at most ${MAX_ITEMS} items`);
    items.push(newItem(item, lines, target));
  }
  if (items.length === 0) throw new CsmsError('bad-request', 'the body has no items');
  return items;
}

/** `lines`: the first line of each resource. A second one is refused, because the order of a file is rarely meant. */
function newItem(item: ParsedItem, lines: Map<string, number>, target: ImportTarget): NewItem {
  if ('problem' in item) return { ...item, body: null };
  const [{ line, body }, { keyMember }] = [item, target];
  const given = body[keyMember];
  const key = typeof given === 'string' ? asText(given.slice(0, MAX_KEY)) : null;
  const identity = target.identityOf(body);
  const first = identity === null ? undefined : lines.get(identity);
  if (first !== undefined) return { line, key, body: null, problem: repeats(keyMember, first) };
  if (identity !== null) lines.set(identity, line);
  return { line, key, body, problem: null };
}

function repeats(keyMember: string, line: number): ItemProblem {
  const fault = { path: `/${keyMember}`, message: `is that of line ${line} as well` };
  return { code: 'invalid', detail: `${fault.path}: ${fault.message}`, errors: [fault] };
}
