import { DEAD_LETTERS, type Topic } from '@voltbus/contracts';
import type { Bus, GroupSubscription, Handler, Subscription } from '../port';

/** The buses of one system: each is that of a process of its own, if the adapter knows processes, and all reach the same topics. */
export interface BusWorld {
  /** Opens one more bus, which `close` closes. */
  bus(): Bus;
  close(): Promise<void>;
}

type KeyHandler = Extract<Handler, { shape: 'key' }>['handle'];
type BatchHandler = Extract<Handler, { shape: 'batch' }>['handle'];
type Subscribing = Partial<GroupSubscription> & Pick<GroupSubscription, 'topics' | 'route'>;

let harnesses = 0;

/** A bus under test, with topics and groups of its own. Its subscriptions end with each test. */
export class BusHarness {
  readonly prefix = `t${process.pid}-${Date.now().toString(36)}-${++harnesses}`;
  private readonly subscriptions: Subscription[] = [];
  private world: BusWorld | undefined;
  private first: Bus | undefined;
  private names = 0;

  constructor(readonly open: () => Promise<BusWorld>) {
    beforeAll(async () => {
      this.world = await open();
      this.first = this.world.bus();
      await this.first.ensureTopics([DEAD_LETTERS]);
    });
    afterEach(async () => {
      await Promise.all(this.subscriptions.splice(0).map((one) => one.close()));
    });
    afterAll(() => this.world?.close());
  }

  get bus(): Bus {
    if (this.first === undefined) throw new Error('the bus under test is opened by beforeAll');
    return this.first;
  }

  /** The bus of another process. */
  anotherBus(): Bus {
    if (this.world === undefined) throw new Error('the bus under test is opened by beforeAll');
    return this.world.bus();
  }

  /** Returns a group's name that belongs to the topic made last. */
  unique(name: string): string {
    return `${this.prefix}-${name}-${this.names}`;
  }

  closeAfterTest(subscription: Subscription): void {
    this.subscriptions.push(subscription);
  }

  readonly newTopic = async (partitions = 4): Promise<Topic> => {
    const name = `${this.prefix}-${++this.names}`;
    const topic: Topic = {
      name,
      partitions,
      owner: 'router',
      writers: ['router'],
      readers: ['router'],
      settledBy: [],
      retentionMs: 3_600_000,
    };
    await this.bus.ensureTopics([topic]);
    return topic;
  };

  readonly subscribe = async (subscription: Subscribing, on = this.bus): Promise<Subscription> => {
    const joined = await on.subscribe({ group: this.unique('group'), ...subscription });
    this.closeAfterTest(joined);
    return joined;
  };

  readonly byKey = (topic: Topic, handle: KeyHandler, more: Partial<GroupSubscription> = {}): Promise<Subscription> =>
    this.subscribe({ topics: [topic], route: always({ shape: 'key', name: 'by-key', handle }), ...more });

  readonly byBatch = (topic: Topic, handle: BatchHandler, more: Partial<GroupSubscription> = {}): Promise<Subscription> =>
    this.subscribe({ topics: [topic], route: always({ shape: 'batch', name: 'by-batch', handle }), ...more });

  readonly send = (topic: Topic, key: string, text: string): Promise<void> => this.bus.publish(topic, { key, value: Buffer.from(text) });
}

/** A route that gives every record to one handler. */
export function always(handler: Handler): GroupSubscription['route'] {
  return () => handler;
}
