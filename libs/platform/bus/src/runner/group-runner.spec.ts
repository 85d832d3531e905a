import { expectSoon, gate, range } from '@voltbus/testing';
import { TransientError, type Handler } from '../port';
import { batched, keyed, record, runner } from '../testing/group-runner';
import { MAX_BATCH_RECORDS } from './batch-scheduler';

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
});
