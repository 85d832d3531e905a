import { MAX_ITEM_BYTES } from '../limits';
import { itemIn, unreadable, type ParsedItem } from './parsed-item';

const LINE_FEED = 0x0a;
const BLANK = /^[ \t\r]*$/;

/** Reads JSON Lines: an object a line. Blank lines are passed over; a line that is no object is an item with a problem. */
export function* jsonlItems(bytes: Buffer): Generator<ParsedItem> {
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found === -1 ? bytes.length : found;
    if (end - start > MAX_ITEM_BYTES) throw unreadable(line, `an item has at most ${MAX_ITEM_BYTES} bytes`);
    const text = bytes.subarray(start, end);
    if (!BLANK.test(text.toString('latin1'))) yield itemIn(line, text);
    start = end + 1;
  }
}
