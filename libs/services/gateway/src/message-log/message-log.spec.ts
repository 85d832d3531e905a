import { MemoryBus } from '@voltbus/bus';
import { FRAMES, unpackFrames, type FrameCopy } from '@voltbus/contracts';
import { silentLogger, testMetrics, within } from '@voltbus/testing';
import { COPY_RATE, MAX_RECORD_BYTES, MAX_RECORD_FRAMES, MAX_WAITING_BYTES, MAX_WAITING_FRAMES } from './message-log-limits';
import { MessageLog, type MessageLogParts } from './message-log';
import type { CopyFailure } from './telemetry';

const MARGIN = 1.1; // one record is one frame over at most; the limits are about frames, a record adds their heads

let bus: MemoryBus;
let records: { bytes: number; copies: FrameCopy[] }[];
let counted: Record<CopyFailure | 'copied', number>;
let log: MessageLog;
let stirred: () => void;

beforeEach(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
  records = [];
  counted = { copied: 0, full: 0, rate: 0, bus: 0, defect: 0 };
  const telemetry: MessageLogParts['telemetry'] = {
    framesCopied: (count) => note('copied', count),
    framesNotCopied: (reason, count) => note(reason, count),
    defect: () => undefined,
  };
  log = new MessageLog({ bus, telemetry });
  await bus.follow({
    name: 'spec',
    topic: FRAMES,
    handle: ({ value }) => {
      records.push({ bytes: value.length, copies: unpackFrames(value.toString()) });
      stirred();
    },
  });
  stirred = () => undefined;
});
afterEach(() => bus.close());

function note(result: CopyFailure | 'copied', count: number): void {
  counted[result] += count;
  stirred();
}
/** Resolves when so many frames have come through or were given up. */
async function settled(frames: number): Promise<void> {
  const done = () => copies().length + counted.full + counted.rate + counted.bus + counted.defect;
  const all = async () => {
    while (done() < frames || counted.copied < copies().length) await new Promise<void>((stir) => (stirred = stir));
  };
  await within(`${frames} frames are published or given up`, all());
}
/** The next record is not taken before it is released; resolves when it is there. */
function hangs(): { reached: Promise<void>; release: () => void } {
  const publish = bus.publish.bind(bus);
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const reached = new Promise<void>((resolve) =>
    jest.spyOn(bus, 'publish').mockImplementationOnce((...given) => {
      resolve();
      return released.then(() => publish(...given));
    }),
  );
  return { reached, release };
}
const heartbeat = Buffer.from('[2,"h","Heartbeat",{}]');
const station = (index: number) => log.openConnectionLog({ tenant: 'default', station: `CS-${index}` });
const copies = () => records.flatMap((record) => record.copies);

describe('the write buffer of copies', () => {
  it('publishes many frames in one record, up to the limits of a record', async () => {
    for (let index = 0; index < MAX_RECORD_FRAMES * 2 + 1; index++) station(index).logInbound(heartbeat);
    await settled(MAX_RECORD_FRAMES * 2 + 1);
    expect(records.map((record) => record.copies.length)).toEqual([MAX_RECORD_FRAMES, MAX_RECORD_FRAMES, 1]);
    const large = Buffer.from(`[2,"d","DataTransfer",{"data":"${'x'.repeat(30_000)}"}]`);
    for (let index = 0; index < 10; index++) station(index).logInbound(large);
    await settled(MAX_RECORD_FRAMES * 2 + 11);
    for (const { bytes } of records.slice(3)) expect(bytes).toBeLessThan(MAX_RECORD_BYTES * MARGIN);
  });

  it('drops the oldest frames beyond its limit, and counts them', async () => {
    const { reached, release } = hangs();
    station(0).logInbound(heartbeat);
    await within('the first record is published', reached);
    const sent = MAX_WAITING_FRAMES * 2;
    for (let index = 1; index < sent; index++) station(index).logInbound(heartbeat);
    release();
    await settled(sent);
    expect(counted.full).toBe(sent - 1 - MAX_WAITING_FRAMES); // the first frame is under way
    expect(counted.copied + counted.full).toBe(sent);
    expect(copies()).toHaveLength(counted.copied);
    expect([0, 1, -1].map((place) => copies().at(place)?.station)).toEqual(['CS-0', `CS-${counted.full + 1}`, `CS-${sent - 1}`]);
  });

  it('drops the oldest frames beyond its limit of bytes too', async () => {
    const large = Buffer.from(`[2,"d","DataTransfer",{"data":"${'x'.repeat(1_000_000)}"}]`);
    const sent = Math.ceil(MAX_WAITING_BYTES / large.length) + 10;
    for (let index = 0; index < sent; index++) station(index).logInbound(large);
    await settled(sent);
    expect(counted.full).toBeGreaterThanOrEqual(10);
    expect([counted.copied + counted.full, copies().at(-1)?.station]).toEqual([sent, `CS-${sent - 1}`]);
  });

  it('takes no more frames of one station than its rate allows', async () => {
    const chatty = station(1);
    for (let index = 0; index < COPY_RATE.burst + 100; index++) chatty.logInbound(heartbeat);
    station(2).logInbound(heartbeat);
    await settled(COPY_RATE.burst + 101);
    expect(counted.rate).toBeGreaterThan(0);
    expect(counted.rate + counted.copied).toBe(COPY_RATE.burst + 101);
    expect(copies().at(-1)?.station).toBe('CS-2');
  });

  it('forgets calls that are never answered', async () => {
    const tap = station(1);
    tap.logOutbound('[2,"old","Reset",{}]');
    for (let index = 0; index < 100; index++) tap.logOutbound(`[2,"${index}","Reset",{}]`);
    tap.logInbound(Buffer.from('[3,"old",{}]'));
    tap.logInbound(Buffer.from('[3,"99",{}]'));
    await settled(103);
    expect(
      copies()
        .slice(-2)
        .map(({ messageId, action }) => [messageId, action]),
    ).toEqual([
      ['old', null],
      ['99', 'Reset'],
    ]);
  });

  it('is emptied before a gateway stops', async () => {
    station(1).logInbound(heartbeat);
    await log.stop();
    expect(copies()).toHaveLength(1);
  });

  it('counts the frames that the bus refuses, and goes on', async () => {
    jest.spyOn(bus, 'publish').mockRejectedValueOnce(new Error('away'));
    station(1).logInbound(heartbeat);
    await settled(1);
    station(2).logInbound(heartbeat);
    await settled(2);
    expect([counted.bus, counted.copied, copies().map((copy) => copy.station)]).toEqual([1, 1, ['CS-2']]);
  });
});
