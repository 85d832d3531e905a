import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Topic } from '@voltbus/contracts';
import { ROOT, expectSoon, range, testKafka } from '@voltbus/testing';
import { KafkaBus } from './kafka-bus';
import { type MemberTask } from '../testing/kafka-member-process';
import { noopTelemetry } from '@voltbus/telemetry';

/** Longer than the session timeout: the group has given the process up when it wakes. */
const STOPPED_MS = 12_000;
/** It is translated as it starts, and joins a group. */
const START_WITHIN_MS = 90_000;

describe('processes that are stopped or killed', () => {
  const { brokers } = testKafka();
  const bus = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'test-publisher', onCrash: 'rebuild' });
  const children: ChildProcess[] = [];
  let names = 0;

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => bus.close());

  async function newTopic(partitions: number): Promise<Topic> {
    const topic: Topic = {
      name: `processes-${process.pid}-${Date.now()}-${++names}`,
      partitions,
      owner: 'router',
      writers: ['router'],
      readers: ['router'],
      settledBy: [],
      retentionMs: 3_600_000,
    };
    await bus.ensureTopics([topic]);
    return topic;
  }

  async function member(task: Omit<MemberTask, 'brokers' | 'group'>): Promise<{ child: ChildProcess; handled: string[] }> {
    const memberTask: MemberTask = { ...task, brokers, group: `${task.topic.name}-group` };
    const child = fork(join(__dirname, '../testing/kafka-member-process.ts'), [JSON.stringify(memberTask)], {
      execArgv: ['-r', join(ROOT, 'libs/testing/src/run-typescript.cjs')],
    });
    children.push(child);
    const handled: string[] = [];
    let ready = false;
    child.on('message', (text) => (text === 'ready' ? (ready = true) : handled.push(String(text))));
    await expectSoon(async () => expect(ready).toBe(true), START_WITHIN_MS);
    return { child, handled };
  }

  it('a follower that was stopped for 12 s goes on exactly where it was', async () => {
    const topic = await newTopic(1);
    const { child, handled } = await member({ kind: 'follow', topic, holdsFrom: null });
    const published: string[] = [];
    const publish = async () => {
      const text = String(published.push('') - 1);
      await bus.publish(topic, { key: 'a/1', value: Buffer.from(text), partition: 0 });
    };
    for (const _ of range(20)) await publish();
    child.kill('SIGSTOP');
    const wakeAt = performance.now() + STOPPED_MS;
    while (performance.now() < wakeAt) {
      await publish();
      await new Promise((later) => setTimeout(later, 100));
    }
    child.kill('SIGCONT');
    for (const _ of range(20)) await publish();
    await expectSoon(async () => expect(handled.length).toBeGreaterThanOrEqual(published.length));
    expect(handled).toEqual(range(published.length).map(String));
  });

  it('what a killed member had not committed is handled by the next one: nothing lost, order kept per key', async () => {
    const topic = await newTopic(3);
    const first = await member({ kind: 'group', topic, holdsFrom: 150 });
    const keys = range(9).map((n) => `a/${n}`);
    const sent = range(450).map((n) => `${keys[n % keys.length]}:${n}`);
    const publish = (texts: readonly string[]) =>
      Promise.all(texts.map((text) => bus.publish(topic, { key: text.split(':')[0] ?? '', value: Buffer.from(text) })));
    await publish(sent.slice(0, 90));
    await expectSoon(async () => expect(first.handled.length).toBe(90));
    await publish(sent.slice(90));
    await expectSoon(async () => expect(first.handled.length).toBe(150)); // and others are in its hands
    const dead = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await dead;
    const second = await member({ kind: 'group', topic, holdsFrom: null });
    await expectSoon(async () => expect(new Set([...first.handled, ...second.handled]).size).toBe(450));
    expect(first.handled.length).toBe(150);
    for (const key of keys) {
      const ofKey = (texts: readonly string[]) => texts.filter((text) => text.startsWith(`${key}:`));
      expect([...new Set([...ofKey(first.handled), ...ofKey(second.handled)])]).toEqual(ofKey(sent));
    }
  });

  it('a member that leaves in good order leaves nothing to be handled twice', async () => {
    const topic = await newTopic(3);
    const handled: string[] = [];
    const join = () =>
      bus.subscribe({
        group: `${topic.name}-group`,
        topics: [topic],
        route: () => ({ shape: 'key', name: 'h', handle: async (record) => void handled.push(record.value.toString()) }),
      });
    let subscription = await join();
    const sent: Promise<void>[] = [];
    for (const round of range(4)) {
      sent.push(...range(100).map((n) => bus.publish(topic, { key: `a/${n % 7}`, value: Buffer.from(`${round}-${n}`) })));
      await subscription.close();
      subscription = await join();
    }
    await Promise.all(sent);
    await expectSoon(async () => expect(handled.length).toBeGreaterThanOrEqual(400));
    await subscription.close();
    expect(handled.length).toBe(400);
    expect(new Set(handled).size).toBe(400);
  });

  it('members that come and go share the work without losing or reordering anything', async () => {
    const topic = await newTopic(6);
    const handled: string[] = [];
    const others = range(3).map((n) => new KafkaBus({ ...noopTelemetry, brokers, clientId: `member-${n}`, onCrash: 'rebuild' }));
    const join = (on: KafkaBus) =>
      on.subscribe({
        group: `${topic.name}-group`,
        topics: [topic],
        route: () => ({ shape: 'key', name: 'h', handle: async (record) => void handled.push(record.value.toString()) }),
      });
    const steady = await join(bus);
    let sending = true;
    let count = 0;
    const publishing = (async () => {
      while (sending) {
        await Promise.all(range(12).map((n) => bus.publish(topic, { key: `a/${n}`, value: Buffer.from(`a/${n}:${count}`) })));
        count += 1;
        await new Promise((later) => setTimeout(later, 10));
      }
    })();
    const joined = [];
    for (const other of others) joined.push(await join(other));
    for (const subscription of joined) await subscription.close();
    sending = false;
    await publishing;
    await expectSoon(async () => expect(new Set(handled).size).toBe(12 * count));
    for (const n of range(12)) {
      const ofKey = [...new Set(handled.filter((text) => text.startsWith(`a/${n}:`)))].map((text) => Number(text.split(':')[1]));
      expect(ofKey).toEqual(range(count));
    }
    await steady.close();
    await Promise.all(others.map((other) => other.close()));
  });
});
