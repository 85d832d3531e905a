import type { FetchRequest, FetchResponse, PartitionsOfTopic } from 'kafkajs/src/broker';
import { FetchSession } from './fetch-sessions';

/** A broker as KIP-227 has it: it knows the partitions of its session, and answers about those that have records. */
class TestBroker {
  /** Ends of partitions, by `topic/partition`. */
  readonly ends = new Map<string, number>();
  /** How many partitions each request named. */
  readonly named: number[] = [];
  opensSessions = true;
  failure: Error | null = null;
  private session = { id: 0, epoch: 0, offsets: new Map<string, string>() };

  readonly fetch = (change: Parameters<Parameters<FetchSession['fetch']>[1]>[0]): Promise<FetchResponse> => {
    if (this.failure !== null) return Promise.reject(this.failure);
    const { sessionId, sessionEpoch, topics, forgottenTopics } = change;
    this.named.push(topics.reduce((sum, { partitions }) => sum + partitions.length, 0));
    if (sessionEpoch <= 0)
      this.session = { id: this.opensSessions && sessionEpoch === 0 ? sessionId + 1 : 0, epoch: 0, offsets: new Map() };
    else if (sessionId !== this.session.id) return Promise.resolve({ errorCode: 70, sessionId: 0, responses: [] });
    else if (sessionEpoch !== this.session.epoch) return Promise.resolve({ errorCode: 71, sessionId: 0, responses: [] });
    for (const { topic, partitions } of forgottenTopics) for (const one of partitions) this.session.offsets.delete(`${topic}/${one}`);
    for (const { topic, partitions } of topics)
      for (const { partition, fetchOffset } of partitions) this.session.offsets.set(`${topic}/${partition}`, fetchOffset);
    this.session.epoch += 1;
    const withRecords = [...this.session.offsets].filter(([id, offset]) => (this.ends.get(id) ?? 0) > Number(offset));
    const responses = withRecords.map(([id, offset]) => ({ topicName: id, partitions: [{ offset }] }));
    return Promise.resolve({ errorCode: 0, sessionId: this.session.id, responses });
  };

  loseSession(): void {
    this.session.id = -1;
  }

  losePlace(): void {
    this.session.epoch += 1;
  }
}

let broker: TestBroker;
let session: FetchSession;
beforeEach(() => {
  broker = new TestBroker();
  session = new FetchSession();
});

const asked = (offsets: Readonly<Record<string, number>>): FetchRequest => {
  const topics = new Map<string, PartitionsOfTopic>();
  for (const [id, offset] of Object.entries(offsets)) {
    const [topic = '', partition] = id.split('/');
    const one = topics.get(topic) ?? { topic, partitions: [] };
    one.partitions.push({ partition: Number(partition), fetchOffset: String(offset), maxBytes: 1 });
    topics.set(topic, one);
  }
  return { topics: [...topics.values()] };
};

/** What a fetch of these offsets brings: `topic/partition@offset`. */
async function fetched(offsets: Readonly<Record<string, number>>): Promise<string[]> {
  const { responses } = await session.fetch(asked(offsets), broker.fetch);
  return responses
    .flatMap(({ topicName, partitions }) => partitions.map((one) => `${topicName}@${(one as { offset: string }).offset}`))
    .sort();
}

describe('a fetch session', () => {
  it('names all partitions once, then those whose offset has changed', async () => {
    await fetched({ 'a/0': 0, 'a/1': 0, 'b/0': 5 });
    await fetched({ 'a/0': 0, 'a/1': 0, 'b/0': 5 });
    await fetched({ 'a/0': 0, 'a/1': 3, 'b/0': 5 });
    expect(broker.named).toEqual([3, 0, 1]);
  });

  it('brings the records of a partition until its offset moves', async () => {
    broker.ends.set('a/1', 4);
    expect(await fetched({ 'a/0': 0, 'a/1': 0 })).toEqual(['a/1@0']);
    expect(await fetched({ 'a/0': 0, 'a/1': 0 })).toEqual(['a/1@0']); // seen and not handled
    expect(await fetched({ 'a/0': 0, 'a/1': 4 })).toEqual([]);
    broker.ends.set('a/0', 1);
    expect(await fetched({ 'a/0': 0, 'a/1': 4 })).toEqual(['a/0@0']);
  });

  it('brings nothing of a partition that is paused, and all of it when it goes on', async () => {
    broker.ends.set('a/1', 4);
    await fetched({ 'a/0': 0, 'a/1': 0 });
    expect(await fetched({ 'a/0': 0 })).toEqual([]);
    expect(await fetched({ 'a/0': 0, 'a/1': 2 })).toEqual(['a/1@2']);
  });

  it('forgets partitions of one topic while another one gains as many', async () => {
    broker.ends.set('a/1', 4).set('b/0', 2);
    await fetched({ 'a/0': 0, 'a/1': 0 });
    expect(await fetched({ 'a/0': 0, 'b/0': 0 })).toEqual(['b/0@0']);
    expect(broker.named).toEqual([2, 1]);
  });

  it('goes back where the consumer seeks', async () => {
    broker.ends.set('a/0', 4);
    await fetched({ 'a/0': 4 });
    expect(await fetched({ 'a/0': 1 })).toEqual(['a/0@1']);
  });

  it.each([
    ['has closed it', () => broker.loseSession()],
    ['has another count of it', () => broker.losePlace()],
  ])('is opened anew in the same fetch when the broker %s', async (_how, lose) => {
    broker.ends.set('a/1', 4);
    await fetched({ 'a/0': 0, 'a/1': 0 });
    lose();
    expect(await fetched({ 'a/0': 0, 'a/1': 0 })).toEqual(['a/1@0']);
    expect(broker.named).toEqual([2, 0, 2]);
  });

  it('is opened anew after a failure, of which it is not known what the broker has seen', async () => {
    await fetched({ 'a/0': 0, 'a/1': 0 });
    broker.failure = new Error('closed');
    await expect(fetched({ 'a/0': 7, 'a/1': 0 })).rejects.toThrow('closed');
    broker.failure = null;
    broker.ends.set('a/0', 9);
    expect(await fetched({ 'a/0': 7, 'a/1': 0 })).toEqual(['a/0@7']);
    expect(broker.named).toEqual([2, 2]);
  });

  it('does without where the broker opens none: each fetch names all', async () => {
    broker.opensSessions = false;
    broker.ends.set('a/1', 4);
    for (let nth = 0; nth < 3; nth++) expect(await fetched({ 'a/0': 0, 'a/1': 0 })).toEqual(['a/1@0']);
    expect(broker.named).toEqual([2, 2, 2]);
  });

  it('is left alone by a fetch that begins while another is under way', async () => {
    await fetched({ 'a/0': 0, 'a/1': 0 });
    const both = await Promise.all([fetched({ 'a/0': 0, 'a/1': 0 }), fetched({ 'a/0': 0, 'a/1': 0 })]);
    expect(both).toEqual([[], []]);
    expect(broker.named).toEqual([2, 0, 2]);
  });

  it('refuses an answer with an error that is not of the session', async () => {
    await expect(session.fetch(asked({ 'a/0': 0 }), () => Promise.resolve({ errorCode: 29, responses: [] }))).rejects.toThrow(
      /authorized/i,
    );
  });
});
