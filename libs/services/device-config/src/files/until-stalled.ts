import { Readable } from 'node:stream';
import { FilesUnavailable } from './file-store';

/** The stream, which fails where its source is waited for longer than that. A reader may take its time. */
export function untilStalled(source: Readable, waitMs: number): Readable {
  return Readable.from(watched(source, waitMs), { objectMode: false });
}

async function* watched(source: Readable, waitMs: number): AsyncGenerator<Buffer> {
  const chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => source.destroy(new Error(`nothing came for ${waitMs} ms`)), waitMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw new FilesUnavailable(error);
  } finally {
    source.destroy();
  }
}
