import { type BusHarness } from './bus-harness';

/** How every bus checks and creates topics. */
export function topicsContract(harness: BusHarness): void {
  const { newTopic } = harness;

  describe('topics', () => {
    it('reports every missing or different topic, and nothing when all is well', async () => {
      const topic = await newTopic(4);
      expect(await harness.bus.checkTopics([topic])).toEqual([]);
      const problems = await harness.bus.checkTopics([{ ...topic, name: `${harness.prefix}-missing` }, { ...topic, partitions: 5 }, topic]);
      expect(problems).toEqual([
        expect.stringContaining(`${harness.prefix}-missing`),
        expect.stringMatching(new RegExp(`${topic.name} has 4 partitions instead of 5`)),
      ]);
    });

    it('creates what is missing and leaves what is there', async () => {
      const topic = await newTopic(4);
      await harness.bus.ensureTopics([topic, { ...topic, name: `${topic.name}-new`, partitions: 2 }]);
      expect(await harness.bus.checkTopics([topic, { ...topic, name: `${topic.name}-new`, partitions: 2 }])).toEqual([]);
    });
  });
}
