import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from '../partition-of';

/** Vectors of Kafka's own test of its hash (UtilsTest.testMurmur2). */
const KAFKA_VECTORS: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

describe('partition of a key', () => {
  it.each(KAFKA_VECTORS)('%s hashes as in Kafka', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it("is the one that kafkajs chooses, whatever the length of the station's name and its letters", () => {
    const choose = Partitioners.DefaultPartitioner();
    for (let n = 0; n < 2_000; n++) {
      const key = `tenant-${n % 13}/${'Säule★'.slice(0, n % 7)}${n}`;
      const partitionMetadata = Array.from({ length: 48 }, (_, partitionId) => ({
        partitionId,
        leader: 1,
        partitionErrorCode: 0,
        replicas: [1],
        isr: [1],
      }));
      expect(partitionOf(key, 48)).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: null } }));
    }
  });
});
