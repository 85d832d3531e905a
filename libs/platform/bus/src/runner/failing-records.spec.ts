import { range } from '@voltbus/testing';
import { BusUnavailable, PoisonError, RecordRefused, TransientError, type Handler } from '../port';
import { batched, keyed, record, runner } from '../testing/group-runner';
import { APART_AFTER_MS, PATIENCE_MS } from './patience';
import { QUARANTINE_AFTER, WATCH_AFTER } from './quarantine';

describe('records that cannot be handled', () => {
  it('keeps a record whose dead letter the bus does not take', async () => {
    let away = true;
    const deadLettered: bigint[] = [];
    const poison = keyed(() => Promise.reject(new PoisonError('odd')));
    const subject = runner(
      () => poison,
      async ({ offset }) => {
        if (away) throw new BusUnavailable('away');
        deadLettered.push(offset);
      },
    );
    await subject.handle([record(0, 0), record(0, 1)], { backingOff: () => (away = false) });
    expect(deadLettered).toEqual([0n, 1n]);
  });

  it('logs work beside a handler that fails, and goes on', async () => {
    const replies: Handler = {
      shape: 'key',
      name: 'k',
      handle: async (_, context) => context.settle(Promise.reject(new Error('nobody there'))),
    };
    expect(await runner(() => replies).handle([record(0, 0)])).toBe(true);
  });

  it('halves down to several culprits and keeps each key in order', async () => {
    const stored: string[] = [];
    const deadLettered: string[] = [];
    const facts = batched(async (records) => {
      if (records.some(({ offset }) => offset % 17n === 0n)) throw new PoisonError('odd');
      stored.push(...records.map(({ offset }) => String(offset)));
    });
    const subject = runner(
      () => facts,
      async ({ offset }) => void deadLettered.push(String(offset)),
    );
    await subject.handle(range(100).map((offset) => record(0, offset, `a/${offset % 3}`)));
    expect(deadLettered.map(Number).sort((a, b) => a - b)).toEqual([0, 17, 34, 51, 68, 85]);
    for (const key of range(3))
      expect(stored.map(Number).filter((offset) => offset % 3 === key)).toEqual(
        range(100).filter((offset) => offset % 3 === key && offset % 17 !== 0),
      );
  });

  it('lets a bad station of a batch cost a bounded number of statements, and puts its rest away in order', async () => {
    let calls = 0;
    const stored: string[] = [];
    const deadLettered: string[] = [];
    const facts = batched(async (records) => {
      calls += 1;
      if (records.some(({ key }) => key === 'a/bad')) throw new PoisonError('check constraint');
      stored.push(...records.map(({ offset }) => String(offset)));
    });
    const subject = runner(
      () => facts,
      async ({ offset }) => void deadLettered.push(String(offset)),
    );
    await subject.handle(range(1_000).map((offset) => record(0, offset, offset % 2 === 0 ? 'a/bad' : `a/${offset % 7}`)));
    expect(deadLettered).toEqual(range(500).map((n) => String(2 * n)));
    expect(stored).toHaveLength(500);
    const halvings = WATCH_AFTER * Math.ceil(Math.log2(1_000)) + Math.ceil(Math.log2(1_000));
    expect(calls).toBeLessThanOrEqual(2 * halvings + QUARANTINE_AFTER);
  });

  it('gives up a key that alone waits for ever, so that its partition goes on', async () => {
    let now = 0;
    const deadLettered: string[] = [];
    const handled: bigint[] = [];
    const decide = keyed(async ({ key, offset }) => {
      if (key === 'a/stuck') throw new TransientError('the terms are not known yet');
      handled.push(offset);
    });
    const subject = runner(
      () => decide,
      async ({ offset }, { kind, error }) => void deadLettered.push(`${offset} ${kind} ${error.message}`),
      8,
      () => now,
    );
    const stuck = subject.handle([record(0, 0, 'a/stuck'), record(0, 1, 'a/fine'), record(0, 2, 'a/stuck')], {
      backingOff: () => {
        now += PATIENCE_MS / 4;
        void subject.handle([record(1, now, 'b/1')]); // others are served
      },
    });
    expect(await stuck).toBe(true);
    expect(deadLettered).toEqual(['0', '2'].map((offset) => `${offset} defect it has waited too long, alone: the terms are not known yet`));
    expect(handled).toContain(1n);
  });

  it('finds the key for which a whole batch waits: the others are written apart from it', async () => {
    let now = 0;
    const stored: string[] = [];
    const deadLettered: string[] = [];
    const facts = batched(async (records) => {
      if (records.some(({ key }) => key === 'a/locked')) throw new TransientError('lock timeout');
      stored.push(...records.map(({ key }) => key));
    });
    const subject = runner(
      () => facts,
      async ({ key }) => void deadLettered.push(key),
      8,
      () => now,
    );
    const keys = ['a/locked', 'a/1', 'a/2'];
    const waiting = subject.handle(
      keys.map((key, offset) => record(0, offset, key)),
      {
        backingOff: () => {
          now += APART_AFTER_MS / 3;
          if (stored.includes('a/1')) now += PATIENCE_MS / 4;
          void subject.handle([record(1, now, 'b/1')], { backingOff: () => undefined });
        },
      },
    );
    expect(await waiting).toBe(true);
    expect(stored).toEqual(expect.arrayContaining(['a/1', 'a/2']));
    expect(deadLettered).toEqual(['a/locked']);
  });

  it('takes what the bus refuses for poison', async () => {
    const kinds: string[] = [];
    const subject = runner(
      () => keyed(() => Promise.reject(new RecordRefused('too large'))),
      async (_, { kind, attempts }) => void kinds.push(`${kind} ${attempts}`),
    );
    await subject.handle([record(0, 0)]);
    expect(kinds).toEqual(['poison 1']);
  });

  it('puts what was not taken of a quarantine away again, in order', async () => {
    const deadLettered: number[] = [];
    let away = true;
    const subject = runner(
      () => keyed(() => Promise.reject(new PoisonError('odd'))),
      async ({ offset }) => {
        if (away && offset === 30n) throw new BusUnavailable('away');
        deadLettered.push(Number(offset));
      },
    );
    await subject.handle(
      range(60).map((offset) => record(0, offset, 'a/1')),
      { backingOff: () => (away = false) },
    );
    expect([...new Set(deadLettered.slice(0, 30))]).toEqual(range(30));
    expect(deadLettered.slice(-30)).toEqual(range(60).slice(30));
  });
});
