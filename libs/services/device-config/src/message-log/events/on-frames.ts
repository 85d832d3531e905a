import type { BusRecord, Handler } from '@voltbus/bus';
import { unpackFrames } from '@voltbus/contracts';
import type { WriteBuffer } from '../write-buffer';

/** Puts copies on the shelf. Never fails and never waits: see `FrameShelf`. */
export function onFrames(shelf: WriteBuffer): Handler {
  return {
    shape: 'batch',
    name: 'on-frames',
    handle: async (records: BusRecord[]) => {
      for (const { value } of records) shelf.put(unpackFrames(value.toString('utf8')));
    },
  };
}
