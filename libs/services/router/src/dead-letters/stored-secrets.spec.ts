import type { BusRecord } from '@voltbus/bus';
import { LANES } from '@voltbus/contracts';
import { startRouter, type RouterFixture } from '../testing/router-fixture';
import { expectNowhere, storedText } from '../testing/stored-text';
import { shown } from './shown-dead-letter';

let router: RouterFixture;
beforeAll(async () => {
  router = await startRouter();
});
afterAll(() => router?.close());

const variable = (name: string) => ({ component: { name: 'SecurityCtrlr' }, variable: { name } });

describe('a secret in a dead letter', () => {
  it('is neither stored in the clear nor shown, and is in the record that is replayed', async () => {
    const { store, deadLetters } = router.service.letters;
    const secret = 'S3cret-in-a-dead-letter';
    const value = Buffer.from(JSON.stringify([2, 'm', 'NotifyReport', { reportData: [{ ...variable('BasicAuthPassword'), variableAttribute: [{ value: secret }] }] }])); // prettier-ignore
    const record: BusRecord = {
      topic: LANES.device.name,
      partition: 1,
      offset: 7n,
      key: 'default/CS-1',
      value,
      headers: {},
      timestamp: router.clock.now().getTime(),
    };
    await deadLetters.store(record);
    expectNowhere(await storedText(router.service), secret);
    const { items } = await store.list('default').read({ filters: {}, sort: { by: 'diedAt', descending: true }, limit: 10, after: null });
    const [letter] = items;
    if (letter === undefined) throw new Error('no letter');
    expect(JSON.stringify(shown(letter))).not.toContain(secret);
    expect(JSON.stringify(shown(letter))).toContain('[redacted]');
    const again: Buffer[] = [];
    const follower = await router.bus.follow({ name: 'lane', topic: LANES.device, handle: (one) => void again.push(one.value) });
    await deadLetters.replay('default', letter.id);
    expect(again).toEqual([value]);
    await follower.close();
  });
});
