/** What a stream says between two empty lines. */
export interface Block {
  event: string;
  /** The id that counts from here on; null while the stream has named none. */
  id: string | null;
  /** Null where the block has no `data`. */
  data: string | null;
  /** The pause that the server asks for, where the block names one. */
  retryMs: number | null;
}

/** The stream has a block that is longer than allowed. */
export class BlockTooLong extends Error {}

/** Reads server-sent events (HTML Living Standard, 9.2.6) from text in pieces of any size. Holds at most one block, of `maxLength` characters. */
export class EventParser {
  private line = '';
  private afterCr = false;
  private id: string | null = null;
  private length = 0;
  private block = emptyBlock();

  constructor(private readonly maxLength: number) {}

  /** The blocks that this piece completes. */
  *push(piece: string): Generator<Block> {
    // A line ends with CR, LF or both; the two may come in two pieces.
    const text = this.afterCr && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') this.afterCr = piece.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? '';
    for (const part of lines) {
      const line = this.line + part;
      this.line = '';
      this.count(part.length + 1);
      if (line !== '') this.take(line);
      else yield this.finish();
    }
    this.line += rest;
    this.count(rest.length);
  }

  private count(length: number): void {
    this.length += length;
    if (this.length > this.maxLength) throw new BlockTooLong(`an event of more than ${this.maxLength} characters`);
  }

  private take(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.block.event = value;
    else if (field === 'data') this.block.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.block.retryMs = Number(value);
  }

  private finish(): Block {
    const { event, data, retryMs } = this.block;
    this.block = emptyBlock();
    this.length = 0;
    return { event, id: this.id, data: data.length === 0 ? null : data.join('\n'), retryMs };
  }
}

function emptyBlock(): { event: string; data: string[]; retryMs: number | null } {
  return { event: 'message', data: [], retryMs: null };
}
