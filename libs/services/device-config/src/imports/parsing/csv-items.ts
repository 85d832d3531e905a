import { CsvError, parse, type Parser } from 'csv-parse';
import type { z } from 'zod';
import { MAX_ITEM_BYTES } from '../limits';
import { CsvColumns } from './csv-columns';
import { itemIn, unreadable, type ParsedItem } from './parsed-item';

/** As `info: true` gives it: the bytes that were read up to the end of the record. */
interface CsvRecord {
  record: string[];
  info: { bytes: number };
}

const LINE_FEED = 0x0a;
const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text',
  INVALID_OPENING_QUOTE: 'there is a quote inside of a cell that does not begin with one',
  CSV_MAX_RECORD_SIZE: `an item has at most ${MAX_ITEM_BYTES} bytes`,
};

/** Reads CSV by RFC 4180 with a header. A cell is text whatever it looks like; its member's schema types it. */
export async function* csvItems(bytes: Buffer, keyMember: string, schema: z.ZodObject): AsyncGenerator<ParsedItem> {
  const lines = new LineCount(bytes);
  let columns: CsvColumns | null = null;
  let begins = 1;
  try {
    for await (const { record, info } of recordsOf(bytes)) {
      const line = begins;
      begins = lines.at(info.bytes);
      if (columns === null) columns = new CsvColumns(record, keyMember, schema);
      else if (record.length > 1 || record[0] !== '') yield itemOf(line, record, columns);
    }
  } catch (error) {
    // its message shows cells, which may be secret
    if (error instanceof CsvError) throw unreadable(lines.at(startOf(error)), FAULTS[error.code] ?? 'is no CSV');
    throw error;
  }
  if (columns === null) throw unreadable(1, 'there is no header');
}

function itemOf(line: number, cells: readonly string[], columns: CsvColumns): ParsedItem {
  if (cells.length === columns.count) return itemIn(line, Buffer.from(JSON.stringify(columns.bodyOf(cells))));
  const detail = `the line has ${cells.length} cells, the header ${columns.count}`;
  return { line, key: null, problem: { code: 'invalid', detail } };
}

function recordsOf(bytes: Buffer): Parser & AsyncIterable<CsvRecord> {
  const sizes = { relax_column_count: true, max_record_size: MAX_ITEM_BYTES };
  const parser = parse({ info: true, ...sizes, record_delimiter: ['\r\n', '\n'] });
  parser.end(bytes);
  return parser;
}

/** The offset of the item in which the fault is. */
function startOf(error: CsvError): number {
  const { bytes = 0, bytes_records: records = 0 } = error as { bytes?: number; bytes_records?: number }; // the library's type has neither
  return Math.min(bytes, records);
}

/** The line of an offset: lines are counted by their ends, those inside of quotes too. */
class LineCount {
  private line = 1;
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  at(offset: number): number {
    if (offset < this.offset) [this.line, this.offset] = [1, 0]; // the stream had read ahead
    for (let end = this.bytes.indexOf(LINE_FEED, this.offset); end !== -1 && end < offset; end = this.bytes.indexOf(LINE_FEED, end + 1))
      this.line++;
    this.offset = offset;
    return this.line;
  }
}
