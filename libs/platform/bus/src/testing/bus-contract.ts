import { BusHarness, type BusWorld } from './bus-harness';
import { failingRecordsContract } from './failing-records-contract';
import { followersContract } from './followers-contract';
import { groupsContract } from './groups-contract';
import { handlersContract } from './handlers-contract';
import { offsetsContract } from './offsets-contract';
import { publishingContract } from './publishing-contract';
import { stopRuleContract } from './stop-rule-contract';
import { topicsContract } from './topics-contract';

const PARTS = [
  publishingContract,
  groupsContract,
  offsetsContract,
  handlersContract,
  failingRecordsContract,
  stopRuleContract,
  followersContract,
  topicsContract,
];

/** The promises of the `Bus` port, tried on an adapter. */
export function busContract(adapter: string, open: () => Promise<BusWorld>): void {
  describe(`${adapter} keeps the promises of the bus`, () => {
    const harness = new BusHarness(open);
    for (const part of PARTS) part(harness);

    it('refuses to publish once it is closed', async () => {
      const topic = await harness.newTopic();
      const own = await open();
      const closing = own.bus();
      await closing.close();
      await expect(closing.publish(topic, { key: 'a/1', value: Buffer.from('x') })).rejects.toMatchObject({ name: 'BusUnavailable' });
      await own.close();
    });
  });
}
