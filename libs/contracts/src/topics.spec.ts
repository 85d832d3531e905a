import { BUCKETS, DOWNLINK, TOPICS } from './topics';

describe('the topics', () => {
  it('have one declaration each', () => {
    expect(new Set(TOPICS.map(({ name }) => name)).size).toBe(TOPICS.length);
  });

  it.each(TOPICS.map((topic) => [topic.name, topic] as const))('%s carries its version and names its writers', (name, topic) => {
    expect(name).toMatch(/^csms\.(internal\.)?[a-z.-]+\.v\d+$/);
    expect(topic.writers.length).toBeGreaterThan(0);
  });

  it('the downlink has a bucket for every gateway that shall not share one', () => {
    expect(DOWNLINK.partitions).toBe(BUCKETS);
  });
});
