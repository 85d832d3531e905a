import { expectSoon, gate, range } from '@voltbus/testing';
import {
  BusUnavailable,
  PoisonError,
  RecordRefused,
  TransientError,
  type BusRecord,
  type DeadLetterCause,
  type GroupSubscription,
  type Handler,
  type HandlerContext,
} from '../port';
import { GroupRunner } from './group-runner';
import { noopTelemetry } from '@voltbus/telemetry';
import { MAX_BATCH_RECORDS } from './batch-scheduler';
import { APART_AFTER_MS, PATIENCE_MS } from './patience';
import { QUARANTINE_AFTER, WATCH_AFTER } from './quarantine';
import { BusTelemetry } from '../telemetry';

function record(partition: number, offset: number, key = `a/${offset}`): BusRecord {
  return { topic: 't', partition, offset: BigInt(offset), key, value: Buffer.from(`${partition}-${offset}`), headers: {}, timestamp: 0 };
}

function runner(
  route: GroupSubscription['route'],
  deadLetter: (record: BusRecord, cause: DeadLetterCause) => Promise<void> = async () => undefined,
  concurrency = 8,
  now?: () => number,
) {
  const { logger, metrics } = noopTelemetry;
  return new GroupRunner({
    subscription: { group: 'g', topics: [], route, concurrency },
    telemetry: new BusTelemetry(logger, metrics),
    deadLetter: deadLetter,
    ...(now === undefined ? {} : { now }),
  });
}

const batched = (handle: (records: BusRecord[]) => Promise<void>): Handler => ({ shape: 'batch', name: 'batch', handle });
const keyed = (handle: (record: BusRecord, context: HandlerContext) => Promise<void>): Handler => ({ shape: 'key', name: 'key', handle });

describe('the runner', () => {
  it('writes what several partitions bring at once by one call', async () => {
    const calls: number[] = [];
    const facts = batched(async (records) => void calls.push(records.length));
    const subject = runner(() => facts);
    await Promise.all(range(10).map((partition) => subject.handle(range(20).map((offset) => record(partition, offset)))));
    expect(calls).toEqual([200]);
  });

  it('cuts a flood into bounded calls', async () => {
    const calls: number[] = [];
    const facts = batched(async (records) => void calls.push(records.length));
    await runner(() => facts).handle(range(2_500).map((offset) => record(0, offset)));
    expect(calls).toEqual([MAX_BATCH_RECORDS, MAX_BATCH_RECORDS, 500]);
  });

  it('does not let a partition whose dependency is away hold up another one', async () => {
    let away = true;
    const decide = keyed(async ({ partition }) => {
      if (partition === 1 && away) throw new TransientError('away');
    });
    const subject = runner(() => decide);
    let done = false;
    const waiting = subject.handle([record(1, 0)]).then(() => (done = true));
    await subject.handle(range(5).map((offset) => record(2, offset)));
    expect(done).toBe(false);
    away = false;
    await waiting;
  });

  it('does not let a partition whose handler is slow hold up another one that came with it', async () => {
    const slow = gate();
    const settled = gate();
    const subject = runner(() =>
      keyed(async ({ partition }, { settle }) => {
        settle(partition === 1 ? slow.opened : settled.opened);
        if (partition === 1) await slow.opened;
      }),
    );
    const ended: number[] = [];
    const work = [1, 2].map((partition) => subject.handle([record(partition, 0)]).then(() => void ended.push(partition)));
    settled.open();
    await expectSoon(() => expect(ended).toEqual([2]));
    slow.open();
    await Promise.all(work);
    expect(ended).toEqual([2, 1]);
  });

  it('tells how far it is: what is handled is not handled again after a back-off', async () => {
    const handled: string[] = [];
    const lefts: number[] = [];
    let away = true;
    const decide = keyed(async ({ key, value }) => {
      if (key === 'a/slow' && away) throw new TransientError('locked');
      handled.push(value.toString());
    });
    const records = [record(0, 0, 'a/1'), record(0, 1, 'a/slow'), record(0, 2, 'a/1'), record(0, 3, 'a/slow')];
    await runner(() => decide).handle(records, { advanced: (left) => void lefts.push(left.length), backingOff: () => (away = false) });
    expect(handled).toEqual(['0-0', '0-2', '0-1', '0-3']);
    expect(lefts).toEqual([2, 0]);
  });

  it('does not halve a batch because the database is away', async () => {
    let calls = 0;
    const facts = batched(async () => {
      if (++calls === 1) throw new TransientError('away');
    });
    await runner(() => facts).handle(range(100).map((offset) => record(0, offset)));
    expect(calls).toBe(2);
  });

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

  it('touches nothing more of a partition that went to another member', async () => {
    const lost = new AbortController();
    const handled: bigint[] = [];
    const decide = keyed(async ({ offset }) => {
      handled.push(offset);
      lost.abort();
    });
    expect(await runner(() => decide).handle([record(0, 0, 'a/1'), record(0, 1, 'a/1')], {}, lost.signal)).toBe(false);
    expect(handled).toEqual([0n]);
  });

  it('ends a back-off when it leaves', async () => {
    const decide = keyed(() => Promise.reject(new TransientError('away')));
    const subject = runner(() => decide);
    const handling = subject.handle([record(0, 0)], { backingOff: () => subject.leave() });
    expect(await handling).toBe(false);
  });

  it('tells handlers by their signal when nobody waits for them any more, and takes their error for no defect', async () => {
    const deadLettered: unknown[] = [];
    const started = gate();
    const stuck: Handler = {
      shape: 'key',
      name: 'stuck',
      handle: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
          started.open();
        }),
    };
    const subject = runner(
      () => stuck,
      async (one) => void deadLettered.push(one),
    );
    const handling = subject.handle([record(0, 0)]);
    await started.opened;
    subject.abort();
    expect(await handling).toBe(false);
    expect(deadLettered).toEqual([]);
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

  it('handles nothing of any partition while it is stopped, and all of it afterwards', async () => {
    let calls = 0;
    let broken = true;
    const decide = keyed(async () => {
      calls += 1;
      if (broken) throw new Error('all');
    });
    const subject = runner(() => decide, undefined, 1);
    const key = (partition: number, offset: number) => `${partition % 2}/${partition}-${offset}`;
    const handled = range(5).map((partition) =>
      subject.handle(range(10).map((offset) => record(partition, offset, key(partition, offset)))),
    );
    await expectSoon(async () => expect(subject.stopped).not.toBeNull());
    const atStop = calls;
    for (const _ of range(20)) await new Promise((turn) => setImmediate(turn));
    expect(calls).toBe(atStop);
    broken = false;
    expect(await Promise.all(handled)).toEqual(range(5).map(() => true));
    expect(subject.stopped).toBeNull();
  });

  it('ends a stop at once when it leaves or its partition is lost', async () => {
    const lost = new AbortController();
    const subject = runner(() => keyed(() => Promise.reject(new Error('all'))));
    const records = (partition: number) => range(40).map((offset) => record(partition, offset, `${offset % 2}/${offset}`));
    const backingOff = (): void => (subject.stopped === null ? undefined : lost.abort());
    expect(await subject.handle(records(0), { backingOff }, lost.signal)).toBe(false);
    const leaving = subject.handle(records(1), { backingOff: () => subject.leave() });
    expect(await leaving).toBe(false);
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
