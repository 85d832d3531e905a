import { setTimeout as pause } from 'node:timers/promises';
import { CDRS, LANES, type Cdr, type Transaction } from '@voltbus/contracts';
import {
  Api,
  ForeignStation,
  PROTOCOL_NAMES,
  boot,
  eventually,
  planFor,
  prepare,
  read,
  readTopic,
  start,
  startStack,
  stop,
  type ProtocolName,
  type Stack,
} from '@voltbus/testing';

interface List<T> {
  items: T[];
}

/** Every consumer of the stack joins its group anew after the broker's end: on a machine that does much else this takes minutes. */
const BUSY_SECONDS = 240;

let stack: Stack;
let password: string;
const api = (): Api => new Api(stack.facts().apiUrl, stack.facts().adminKey);
const named = (fault: string) => PROTOCOL_NAMES.map((protocol) => ({ protocol, name: `${fault}-${protocol.replace('ocpp', '')}` }));
const stations = named('fault');
const bereft = named('bereft');

beforeAll(async () => {
  stack = await startStack({ gateways: 1 });
  password = await prepare(api(), [...[...stations, ...bereft].map(({ name }) => name), 'broker'], 'PROOF-TAG');
});
afterAll(() => stack?.stop());

const connect = (station: string, protocol: ProtocolName = 'ocpp1.6', reconnect = false) =>
  ForeignStation.connect({ url: stack.facts().gateways[0]?.ocppUrl ?? '', station, protocol, password, reconnect });

/** A session in each version, with its first readings. */
const begin = (stations: readonly { name: string; protocol: ProtocolName }[]) =>
  Promise.all(
    stations.map(async ({ name, protocol }) => {
      const station = await connect(name, protocol, true);
      await boot(station);
      const plan = planFor(protocol);
      const id = await start(station, plan);
      await read(station, plan, id, [1, 2]);
      return { name, station, plan, id };
    }),
  );
type Begun = Awaited<ReturnType<typeof begin>>;

/** Readings of 1.6 are acknowledged once they are on the bus, though no service stores them now. */
const sendReadings = (begun: Begun) =>
  Promise.all(
    begun.filter(({ station }) => station.options.protocol === 'ocpp1.6').map(({ station, plan, id }) => read(station, plan, id, [3])),
  );

async function billedOnce(begun: Begun): Promise<void> {
  for (const { name, id } of begun) {
    const cdrs = await eventually(
      () => api().get<List<Cdr>>(`/v1/cdrs?station=${name}`),
      ({ body }) => body.items.length > 0,
    );
    expect(cdrs.body.items).toMatchObject([{ energyWh: 7350, ocppTransactionId: id }]);
  }
  expect(begun.every(({ station }) => station.received.length === 0)).toBe(true);
  await Promise.all(begun.map(({ station }) => station.close()));
}

describe('kill -9 during a session', () => {
  it('of transaction and cdr loses nothing that was acknowledged, and bills each session once', async () => {
    const begun = await begin(stations);
    stack.signal('transaction', 'SIGKILL');
    stack.signal('cdr', 'SIGKILL');
    await sendReadings(begun);
    const ends = begun.map(({ station, plan, id }) => stop(station, plan, id)); // waits for the service, and is sent again beyond its deadline
    await Promise.all([stack.restart('transaction'), stack.restart('cdr')]);
    await Promise.all(ends);
    await billedOnce(begun);
    const onTopic = await eventually(
      async () => (await readTopic(stack.facts().kafka.brokers, CDRS.name)).map(({ value }) => JSON.parse(value) as Cdr),
      (cdrs) => cdrs.length >= stations.length, // published after they were stored
    );
    expect(onTopic.map(({ station }) => station).sort()).toEqual(stations.map(({ name }) => name).sort());
  });
});

describe('Postgres killed, and back after 5 seconds', () => {
  it('loses nothing that was acknowledged, ends no process, and meanwhile the API answers 503 with Retry-After', async () => {
    const pids = () => [...stack.facts().gateways, ...stack.facts().processes].map(({ name, pid }) => ({ name, pid }));
    const before = pids();
    const begun = await begin(bereft);
    stack.signal('postgres', 'SIGKILL');
    await sendReadings(begun);
    const ends = begun.map(({ station, plan, id }) => stop(station, plan, id));
    const { status, headers } = await api().get('/v1/transactions');
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: expect.any(String) });
    await pause(5000); // the outage itself
    await stack.restart('postgres');
    await Promise.all(ends);
    await billedOnce(begun);
    expect(pids()).toEqual(before);
    expect((await api().get<List<unknown>>('/v1/dead-letters')).body.items).toEqual([]);
  });
});

describe('the broker killed, and back after 5 seconds', () => {
  it('loses no acknowledged record, and keeps the order of a station', async () => {
    const station = await connect('broker', 'ocpp1.6', true);
    await boot(station);
    const plan = planFor('ocpp1.6');
    const id = await start(station, plan);
    const acknowledged: string[] = [];
    let loading = true;
    const load = (async () => {
      for (let second = 1; loading; second++) {
        const timestamp = new Date(plan.startedAt.getTime() + second * 1000).toISOString();
        const reading = {
          connectorId: 1,
          transactionId: Number(id),
          meterValue: [{ timestamp, sampledValue: [{ value: String(1000 + second) }] }],
        };
        await station.call('MeterValues', reading);
        acknowledged.push(timestamp);
      }
    })();
    await eventually(
      async () => acknowledged.length,
      (count) => count > 50,
    );
    stack.signal('kafka', 'SIGKILL');
    await pause(5000); // the outage itself
    await stack.restart('kafka');
    const before = acknowledged.length;
    await eventually(
      async () => acknowledged.length,
      (count) => count > before + 50,
    );
    loading = false;
    await load;

    const read = await eventually(
      () => readTopic(stack.facts().kafka.brokers, LANES.transaction.name), // partitions may still be electing their leaders
      () => true,
    );
    const lane = read.filter(({ key, value }) => key === 'default/broker' && value.includes('"MeterValues"'));
    const order = lane.map(
      ({ value }) =>
        (JSON.parse(value) as [number, string, string, { meterValue: { timestamp: string }[] }])[3].meterValue[0]?.timestamp ?? '',
    );
    const first = order.filter((timestamp, index) => order.indexOf(timestamp) === index); // at least once: a repeat is allowed, a reordering is not
    expect(first).toEqual([...first].sort());
    expect(new Set(first)).toEqual(new Set([...acknowledged, ...first]));

    await stop(station, plan, id);
    const [transaction] = (
      await eventually(
        () => api().get<List<Transaction>>('/v1/transactions?station=broker&state=ended'),
        ({ body }) => body.items.length === 1,
      )
    ).body.items;
    const stored = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { body: { items: { at: string }[]; nextCursor: string | null } } = await api().get(
        `/v1/transactions/${transaction?.id}/meter-values?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const { at } of page.body.items) stored.add(at);
      cursor = page.body.nextCursor;
    }
    expect(acknowledged.filter((timestamp) => !stored.has(timestamp))).toEqual([]);
    await eventually(
      () => api().get<List<Cdr>>('/v1/cdrs?station=broker'),
      ({ body }) => body.items.length === 1,
      BUSY_SECONDS,
    );
    await station.close();
  }, 600_000);
});
