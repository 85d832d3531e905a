import type { StationRef } from '@voltbus/contracts';
import { ChangedStations } from './changed-stations';
import { EventBuffer } from './event-buffer';
import { EventBuffers } from './event-buffers';

const event = (json: string | null) => ({ type: 'cdr', station: 'CS-1', json }) as const;

/** The positions of a buffer, or `dropped` where its event is no longer there. */
function positionsIn(buffer: EventBuffer): (number | 'dropped')[] {
  const positions: (number | 'dropped')[] = [];
  for (let position = 0; position < buffer.position; position++) {
    const next = buffer.after(position);
    positions.push(next === 'dropped' || next === null ? 'dropped' : next.position);
  }
  return positions;
}

describe('an event buffer', () => {
  it('keeps the latest events, and knows from which ids a client can resume', () => {
    const buffer = new EventBuffer('ab', { bufferedEvents: 2 });
    for (const json of ['1', '2', '3']) buffer.add(event(json), 1_000);
    expect(positionsIn(buffer)).toEqual(['dropped', 2, 3]);
    expect([buffer.resume('ab-0'), buffer.resume('ab-1'), buffer.resume('ab-3'), buffer.resume('ab-4'), buffer.resume('cd-3')]).toEqual([
      null,
      1,
      3,
      null,
      null,
    ]);
  });

  it('keeps its bound on bytes, and the newest event however large', () => {
    const buffer = new EventBuffer('ab', { bufferedEvents: 10 });
    buffer.add(event('x'.repeat(60)), 100);
    buffer.add(event('x'.repeat(40)), 100);
    expect(positionsIn(buffer)).toEqual([1, 2]);
    buffer.add(event('x'), 100);
    expect(positionsIn(buffer)).toEqual(['dropped', 2, 3]);
    buffer.add(event('x'.repeat(500)), 100);
    expect(positionsIn(buffer)).toEqual(['dropped', 'dropped', 'dropped', 4]);
  });

  it('keeps one gap of several in a row', () => {
    const buffer = new EventBuffer('ab', { bufferedEvents: 10 });
    for (const json of [null, null, '1', null]) buffer.add(event(json), 100);
    expect(positionsIn(buffer)).toEqual([1, 2, 3]);
  });
});

describe('the event buffers of tenants', () => {
  const limits = { bufferedEvents: 10, bufferedBytes: 100, idleBufferMs: 1_000, idleBuffers: 2 };

  it('are kept for a while without a stream, and are new ones after that', () => {
    let now = 0;
    const buffers = new EventBuffers(limits, () => now);
    const first = buffers.open('acme');
    buffers.release('acme');
    buffers.add('acme', event('1'));
    now = 1_000;
    expect(buffers.open('acme')).toBe(first);
    expect(first.position).toBe(1);
    buffers.release('acme');
    now = 2_001;
    buffers.sweep();
    expect(buffers.has('acme')).toBe(false);
    expect(buffers.open('acme').id).not.toBe(first.id);
  });

  it('are bounded in number while idle: the one that is idle longest goes', () => {
    const buffers = new EventBuffers(limits, () => 0);
    buffers.open('watched').watch(() => undefined);
    for (const tenant of ['a', 'b', 'c']) {
      buffers.open(tenant);
      buffers.release(tenant);
    }
    buffers.release('watched');
    expect(['watched', 'a', 'b', 'c'].map((tenant) => buffers.has(tenant))).toEqual([true, false, true, true]);
  });

  it('share the bytes that may be buffered', () => {
    const buffers = new EventBuffers(limits, () => 0);
    const [one, other] = [buffers.open('one'), buffers.open('other')];
    for (let count = 0; count < 2; count++) {
      buffers.add('one', event('x'.repeat(30)));
      buffers.add('other', event('x'.repeat(20)));
    }
    expect([positionsIn(one), positionsIn(other)]).toEqual([
      ['dropped', 2],
      [1, 2],
    ]);
  });
});

describe('changed stations', () => {
  it('are read once for all changes while another was read, and are a gap beyond their bound', async () => {
    const read: string[] = [];
    const [shown, missed]: [string[], string[]] = [[], []];
    let answer = (): void => undefined;
    const find = ({ station }: StationRef): Promise<object> => {
      read.push(station);
      return new Promise((resolve) => (answer = () => resolve({ station })));
    };
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const changed = new ChangedStations({
      stations: { find },
      limits: { changedStations: 2 },
      onStation: (_ref, json) => {
        shown.push(json);
        if (shown.length === 4) done();
        else setImmediate(() => answer());
      },
      onMissed: (tenant) => missed.push(tenant),
    });
    for (const station of ['A', 'B', 'A', 'B', 'A', 'B', 'C']) changed.add({ tenant: 'acme', station });
    expect([read, missed]).toEqual([['A'], ['acme']]);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    changed.add({ tenant: 'acme', station: 'C' });
    await all;
    expect([read, shown.length]).toEqual([['A', 'B', 'A', 'C'], 4]);
  });
});
