import type { BusRecord } from '@voltbus/bus';
import { COMMANDS, DEAD_LETTERS } from '@voltbus/contracts';
import { TopicRecorder } from '@voltbus/testing';
import { KEY, startRunningRouter, type RunningRouter } from '../testing/running-router';

let router: RunningRouter;
beforeAll(async () => {
  router = await startRunningRouter();
});
afterAll(() => router?.close());

it('stores a record that could not be handled, and replays it to its original topic', async () => {
  const nonsense = { key: KEY, value: Buffer.from('no request'), headers: { tag: 'kept' } };
  await router.bus.publish(COMMANDS, nonsense);
  const dead = new TopicRecorder((record: BusRecord) => record);
  const follower = await router.bus.follow({ name: 'commands', topic: COMMANDS, handle: dead.record });
  const lettersOfRequests = async () => (await allLetters()).filter(({ handler }) => handler === COMMANDS.name);
  const [letter] = await eventually(lettersOfRequests);
  expect(letter).toMatchObject({ topic: COMMANDS.name, consumer: 'router', handler: COMMANDS.name, kind: 'poison', replayedAt: null });
  await router.service.letters.deadLetters.replay('default', letter?.id ?? '');
  const [replayed] = await dead.count(1);
  expect({ key: replayed?.key, value: replayed?.value.toString(), headers: replayed?.headers }).toEqual({
    key: KEY,
    value: 'no request',
    headers: { tag: Buffer.from('kept') },
  });
  const letters = await eventually(lettersOfRequests, (found) => found.length === 2);
  expect(letters.map(({ replayedAt }) => replayedAt === null)).toEqual([true, false]); // it failed again: another letter
  await follower.close();
});

it('stores a dead letter once, and one without a key under the default tenant', async () => {
  const headers = { 'origin-topic': COMMANDS.name, 'origin-offset': '77', 'origin-partition': '1', 'origin-error': 'bad \u0000' };
  for (let times = 0; times < 2; times++) await router.bus.publish(DEAD_LETTERS, { key: '', value: Buffer.from([0, 255]), headers });
  const letters = await allLetters();
  expect(letters.filter(({ offset }) => offset === '77')).toHaveLength(1);
});

const allLetters = async () =>
  (
    await router.service.letters.store
      .list('default')
      .read({ filters: {}, sort: { by: 'diedAt', descending: true }, limit: 10, after: null })
  ).items;

async function eventually<T>(read: () => Promise<T[]>, enough = (found: T[]) => found.length > 0): Promise<T[]> {
  for (;;) {
    const found = await read();
    if (enough(found)) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
