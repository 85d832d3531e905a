import { BusUnavailable, MemoryBus, RecordRefused, type OutgoingRecord } from '@voltbus/bus';
import { CONNECTIONS } from '@voltbus/contracts';
import { silentLogger, testMetrics, until, within } from '@voltbus/testing';
import { WaitingRecords } from './waiting-records';

/** A bus that does with each value what it is told to. */
class ScriptedBus extends MemoryBus {
  readonly tried: string[] = [];
  error: (value: string) => Error | null = () => null;

  override async publish(topic: Parameters<MemoryBus['publish']>[0], record: OutgoingRecord): Promise<void> {
    const value = Buffer.from(record.value).toString();
    this.tried.push(value);
    const error = this.error(value);
    if (error !== null) throw error;
    await super.publish(topic, record);
  }
}

let bus: ScriptedBus;
let records: WaitingRecords;
let received: string[];
let givenUp: number;
let refused: string[];

beforeEach(async () => {
  bus = new ScriptedBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  [received, givenUp, refused] = [[], 0, []];
  records = new WaitingRecords({
    bus,
    topic: CONNECTIONS,
    maxBytes: 10,
    onGivenUp: () => (givenUp += 1),
    onRefused: ({ message }) => refused.push(message),
  });
  await bus.follow({ name: 'reader', topic: CONNECTIONS, handle: ({ value }) => void received.push(value.toString()) });
});
afterEach(async () => {
  records.stop();
  await bus.close();
});

const publish = (values: string) => {
  for (const value of values) records.publish({ key: 'default/CS-1', value: Buffer.from(value) });
};

it('one that failed is sent again, and all that came behind it', async () => {
  let failures = 1;
  bus.error = (value) => (value === 'b' && failures-- > 0 ? new BusUnavailable('away') : null);
  publish('abc');
  await within('all are sent', records.flush());
  await until('they are received', () => received.length >= 4);
  expect(received.join('')).toBe('acbc'); // the bus had taken c already
  expect(bus.tried.join('')).toBe('abcbc');
});

it('one that the bus will never take is reported once, and holds up none', async () => {
  bus.error = (value) => (value === 'b' ? new RecordRefused('too large') : null);
  publish('abc');
  await within('all are sent', records.flush());
  await until('they are received', () => received.length >= 2);
  expect([received.join(''), refused]).toEqual(['ac', ['too large']]);
});

it('the oldest is given up and counted beyond the bound of bytes', async () => {
  let away = true;
  bus.error = () => (away ? new BusUnavailable('away') : null);
  publish('abcdefghijkl');
  expect(givenUp).toBe(2);
  away = false;
  await within('all are sent', records.flush());
  await until('they are received', () => received.length >= 10);
  expect(received.join('')).toBe('cdefghijkl');
});

it('is tried no more after the stop', async () => {
  bus.error = () => new BusUnavailable('away');
  publish('a');
  records.stop();
  await within('the last try', records.flush());
  const { length } = bus.tried;
  publish('b');
  await new Promise(setImmediate);
  expect(bus.tried).toHaveLength(length);
});
