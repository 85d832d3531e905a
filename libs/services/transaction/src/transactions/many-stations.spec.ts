import { startService, type SendingStation, type ServiceFixture } from '../testing/service-fixture';

const many = Array.from({ length: 12 }, (_, index) => index);
const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false } as const;
  for (const station of [...many, 'SHARED']) await service.tokenStore.put('default', { ...token, idToken: `T${station}` });
});
afterAll(() => service?.close());

type Sent = [station: SendingStation, action: string, payload: object];

/** The stations send at once: their answers, and the database transactions of stations that it took. */
async function together(sent: readonly Sent[]) {
  const transactions = jest.spyOn(service.database, 'transaction');
  const answers = await Promise.all(sent.map((one) => service.receive(...one)));
  const texts = await Promise.all(transactions.mock.results.map(({ value }) => value as Promise<unknown>));
  transactions.mockRestore();
  return { answers, transactions: texts.filter(Array.isArray).length };
}

const start = (station: string, idTag: string): Sent => [
  { protocol: 'ocpp1.6', station },
  'StartTransaction',
  { connectorId: 1, idTag, meterStart: 1_000, timestamp: at(0) },
];

describe('messages of many stations that come together', () => {
  it('1.6: share one database transaction for their starts and one for their stops, and each has its own transaction and energy', async () => {
    const started = await together(many.map((station) => start(`A${station}`, `T${station}`)));
    const ids = started.answers.map(({ transactionId }) => Number(transactionId));
    expect([new Set(ids).size, started.transactions]).toEqual([many.length, 1]);
    expect(started.answers.map(({ idTagInfo }) => idTagInfo)).toEqual(
      many.map(() => expect.objectContaining({ status: 'Accepted' }) as object),
    );
    const stopped = await together(
      many.map((station) => [
        { protocol: 'ocpp1.6', station: `A${station}` },
        'StopTransaction',
        { transactionId: ids[station], idTag: `T${station}`, meterStop: 1_000 + station * 100, timestamp: at(30) },
      ]),
    );
    expect(stopped.transactions).toBe(1);
    for (const station of many) {
      expect(service.publishedEnds(`A${station}`)).toMatchObject([
        { energyWh: station * 100, idToken: `T${station}`, ocppTransactionId: String(ids[station]) },
      ]);
      expect(await service.transactionsOf(`A${station}`)).toHaveLength(1);
    }
  });

  it('2.x: share one database transaction for each step of their transactions, readings included', async () => {
    const event = (station: number, nth: number, eventType: string): Sent => [
      { protocol: 'ocpp2.0.1', station: `B${station}` },
      'TransactionEvent',
      {
        ...{ eventType, timestamp: at(nth), triggerReason: 'MeterValuePeriodic', seqNo: nth },
        transactionInfo: { transactionId: `X${station}`, chargingState: 'Charging' },
        ...(nth === 0 ? { evse: { id: 1, connectorId: 1 }, idToken: { idToken: `T${station}`, type: 'ISO14443' } } : {}),
        meterValue: [{ timestamp: at(nth), sampledValue: [{ value: nth * station * 100 }] }],
      },
    ];
    for (const [nth, kind] of ['Started', 'Updated', 'Ended'].entries())
      expect((await together(many.map((station) => event(station, nth, kind)))).transactions).toBe(1);
    for (const station of many) expect(service.publishedEnds(`B${station}`)).toMatchObject([{ energyWh: 2 * station * 100, flags: [] }]);
  });

  it('with one token that charges once are told apart: one of them is accepted', async () => {
    const { answers } = await together(many.map((station) => start(`C${station}`, 'TSHARED')));
    const statuses = answers.map(({ idTagInfo }) => (idTagInfo as { status: string }).status);
    expect(statuses.filter((status) => status === 'Accepted')).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set(['Accepted', 'ConcurrentTx']));
  });

  it('are stored although the database can never store one of them, which alone fails', async () => {
    const sent = many.map((station) => start(`D${station}`, `T${station}`));
    const [place, broken] = [5, start('D5', 'T5')];
    sent[place] = [broken[0], broken[1], { ...broken[2], vendor: 'no text of Postgres: \u0000' }];
    const results = await Promise.allSettled(sent.map((one) => service.receive(...one)));
    expect(results.flatMap(({ status }, station) => (status === 'rejected' ? [station] : []))).toEqual([place]);
    for (const station of many) expect(await service.transactionsOf(`D${station}`)).toHaveLength(station === place ? 0 : 1);
  });
});
