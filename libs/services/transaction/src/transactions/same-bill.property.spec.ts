import type { EndedTransaction, Tariff } from '@voltbus/contracts';
import { price } from '@voltbus/pricing';
import { inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());

jest.setTimeout(600_000); // some machines are slow
/** Shorter than Jest's timeout, so that the property ends before it. */
const BUDGET_MS = 480_000;
const RUNS = 40;
const BEGIN = Date.now() - 7_200_000;
const at = (minute: number) => new Date(BEGIN + minute * 60_000).toISOString();
const TARIFF: Tariff = {
  tariff: 'day',
  currency: 'EUR',
  perKwh: '0.4937',
  perMinute: '0.0113',
  perIdleMinute: '0.10',
  idleGraceMinutes: 3,
  fixed: '0.35',
  taxPercent: '19',
};

/** The messages of a station after its start: in 1.6 it does not know its transaction's id before. */
type Message = (who: SendingStation, id: string) => Promise<unknown>;
interface Story {
  protocol: SendingStation['protocol'];
  start: (who: SendingStation) => Promise<string>;
  rest: Message[];
}

const wh = (steps: readonly number[]): number[] => steps.map((_, index) => 1_000 + steps.slice(0, index + 1).reduce((a, b) => a + b, 0));
/** The energy charged from reading to reading, five minutes apart; 0 is a pause. */
const steps = fc.array(fc.constantFrom(0, 0, 137, 850, 3_333), { minLength: 1, maxLength: 5 });

const story16 = steps.map((charged): Story => {
  const registers = wh(charged);
  const end = { minute: 5 * (charged.length + 1), register: registers.at(-1) ?? 1_000 };
  const value = (register: number) => [{ value: String(register) }];
  return {
    protocol: 'ocpp1.6',
    start: async (who) => {
      const answer = await service.receive(who, 'StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: at(0) });
      return String(answer['transactionId']);
    },
    rest: [
      ...registers.map(
        (register, index): Message =>
          (who, id) =>
            service.receive(who, 'MeterValues', {
              connectorId: 1,
              transactionId: Number(id),
              meterValue: [{ timestamp: at(5 * (index + 1)), sampledValue: value(register) }],
            }),
      ),
      (who, id) =>
        service.receive(who, 'StopTransaction', {
          transactionId: Number(id),
          meterStop: end.register,
          timestamp: at(end.minute),
          reason: 'EVDisconnected',
          transactionData: [{ timestamp: at(end.minute), sampledValue: value(end.register) }],
        }),
    ],
  };
});

const story2 = fc
  .tuple(fc.constantFrom('ocpp2.0.1' as const, 'ocpp2.1' as const), fc.nat(1_000), steps)
  .map(([protocol, first, charged]): Story => {
    const registers = wh(charged);
    const event =
      (eventType: string, index: number, register: number, more: object): Message =>
      (who, id) =>
        service.receive(who, 'TransactionEvent', {
          eventType,
          seqNo: first + index,
          timestamp: at(5 * index),
          triggerReason: 'MeterValuePeriodic',
          transactionInfo: { transactionId: id, ...more },
          meterValue: [{ timestamp: at(5 * index), sampledValue: [{ value: register }] }],
          ...(index === 0 ? { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } } : {}),
        });
    const state = (charging: boolean) => ({ chargingState: charging ? 'Charging' : 'SuspendedEV' });
    const last = charged.length + 1;
    return {
      protocol,
      start: () => Promise.resolve('T-1'),
      rest: [
        event('Started', 0, 1_000, state((charged[0] ?? 0) > 0)),
        ...registers.map((register, index) => event('Updated', index + 1, register, state((charged[index + 1] ?? 0) > 0))),
        event('Ended', last, registers.at(-1) ?? 1_000, { stoppedReason: 'EVDisconnected' }),
      ],
    };
  });

/** Every message at least once, in any order, some again and again, and the process killed anywhere in between. */
const delivered = (story: fc.Arbitrary<Story>) =>
  story.chain((session) => {
    const all = session.rest.map((_, index) => index);
    const some = fc.array(fc.oneof(fc.constantFrom(...all), fc.constant('start' as const), fc.constant('kill' as const)), { maxLength: 8 });
    return some.chain((more) =>
      fc.record({ story: fc.constant(session), order: fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }) }),
    );
  });

type Delivered = ReturnType<typeof delivered> extends fc.Arbitrary<infer T> ? T : never;

let stations = 0;
async function tell({ protocol, start, rest }: Story, order: readonly (number | 'start' | 'kill')[]) {
  const who = { protocol, station: `S-${++stations}` };
  const id = await start(who);
  for (const step of order) {
    if (step === 'kill') service.restart();
    else if (step === 'start') expect(await start(who)).toBe(id);
    else await rest[step]?.(who, id);
  }
  const transactions = await service.transactionsOf(who.station);
  const [transaction] = transactions;
  expect(transactions).toHaveLength(1);
  const account = service.publishedEnds(who.station).at(-1);
  if (transaction === undefined || account === undefined) throw new Error('no end was published');
  const { startedAt, endedAt, energyWh, idToken } = transaction;
  expect(account).toMatchObject({ startedAt, endedAt, energyWh, idToken }); // what is billed is what is kept
  return { transaction: { ...transaction, id: '', station: '', ocppTransactionId: '' }, bill: billOf(account) };
}

function billOf(account: EndedTransaction) {
  const { periods } = account;
  return { periods, ...price({ energyWh: account.energyWh ?? 0, periods }, TARIFF) };
}

it.each([
  ['1.6 (sections 4.7 to 4.10)', story16],
  ['2.x (E01 to E06, E12, J02.FR.19)', story2],
])(
  '%s: duplicates, late, reordered and repeated after a restart, the same messages make the same transaction and the same bill',
  async (_name, story) => {
    await fc.assert(
      fc.asyncProperty(
        delivered(story),
        inBudget(async ({ story: session, order }: Delivered) => {
          const inOrder = await tell(
            session,
            session.rest.map((_, index) => index),
          );
          expect(inOrder.transaction).toMatchObject({ state: 'ended', flags: [] });
          expect(await tell(session, order)).toEqual(inOrder);
        }, BUDGET_MS),
      ),
      { numRuns: RUNS },
    );
  },
);
