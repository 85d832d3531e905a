import type { Command, Protocol } from '@voltbus/contracts';
import { SILENT_MS, startService, type ServiceFixture, type SpokenAs } from './service-fixture';
import { ASK_WAIT_MS } from './silence';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'TAG', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());
beforeEach(() => {
  service.asked.length = 0;
  later(0);
});

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
/** So long after the stations spoke. */
function later(ms: number): void {
  service.clock.at = () => new Date(Date.now() + ms);
}
const heard = () => Promise.resolve(true);
const station = (name: string, protocol: Protocol = 'ocpp1.6'): SpokenAs => ({ protocol, station: name });
async function start16(name: string): Promise<number> {
  const answer = await service.say(station(name), 'StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: at(0) });
  return Number(answer['transactionId']);
}
const reading16 = (name: string, transactionId: number, minute: number, wh: number) =>
  service.say(station(name), 'MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(wh) }] }],
  });
const event2 = (name: string, eventType: string, seqNo: number, wh?: number) =>
  service.say(station(name, 'ocpp2.0.1'), 'TransactionEvent', {
    eventType,
    seqNo,
    timestamp: at(seqNo),
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: `T-${name}` },
    ...(wh === undefined ? {} : { meterValue: [{ timestamp: at(seqNo), sampledValue: [{ value: wh }] }] }),
  });
const only = async (name: string) => (await service.transactionsOf(name))[0];
const ends = (name: string) =>
  service.endsTold(name).map(({ revision, endedAt, energyWh, flags }) => ({ revision, endedAt, energyWh, flags }));
/** What the station says to GetTransactionStatus. */
const status = (name: string, response: object, end: Partial<Command> = {}) =>
  service.silence.answered({
    ...{ id: '', tenant: 'default', station: name, action: 'GetTransactionStatus', payload: { transactionId: `T-${name}` } },
    ...{ status: 'answered', response, error: null, createdAt: '', sentAt: null, endedAt: null },
    ...end,
  });

describe('a transaction of which nothing is heard any more', () => {
  it('1.6: ends with the last thing that was heard, flagged, and is billed so far', async () => {
    const id = await start16('lost');
    await reading16('lost', id, 20, 4000);
    later(SILENT_MS - 60_000);
    await service.silence.sweep(heard);
    expect(await only('lost')).toMatchObject({ state: 'active' });
    later(SILENT_MS + 60_000);
    await service.silence.sweep(heard);
    expect(ends('lost')).toEqual([{ revision: 1, endedAt: at(20), energyWh: 3000, flags: ['silent-end'] }]);
    await service.silence.sweep(heard);
    expect(ends('lost')).toHaveLength(1);
  });

  it('is not judged while its lane lags: the word that is missed may be waiting there', async () => {
    await start16('lag');
    later(SILENT_MS + 60_000);
    const instants: number[] = [];
    await service.silence.sweep((instant) => Promise.resolve(void instants.push(instant)).then(() => false));
    expect(await only('lag')).toMatchObject({ state: 'active' });
    expect(instants[0]).toBeLessThan(service.clock.at().getTime());
    await service.silence.sweep(heard);
    expect(await only('lag')).toMatchObject({ state: 'ended' });
  });

  it("gives way to the station's own stop, which comes late: a correction", async () => {
    const transactionId = await start16('late');
    later(SILENT_MS + 60_000);
    await service.silence.sweep(heard);
    await service.say(station('late'), 'StopTransaction', { transactionId, meterStop: 9000, timestamp: at(40), reason: 'Local' });
    expect(ends('late').at(-1)).toEqual({ revision: 2, endedAt: at(40), energyWh: 8000, flags: [] });
  });

  it('goes on when a reading from after its end comes, and ends once more', async () => {
    const id = await start16('back');
    await reading16('back', id, 10, 2000);
    later(SILENT_MS + 60_000);
    await service.silence.sweep(heard);
    await reading16('back', id, 5, 1500); // from before: only a late one
    expect(await only('back')).toMatchObject({ state: 'ended' });
    await reading16('back', id, 30, 5000);
    expect(await only('back')).toMatchObject({ state: 'active', endedAt: null, flags: [] });
    await service.say(station('back'), 'StopTransaction', { transactionId: id, meterStop: 6000, timestamp: at(40), reason: 'Local' });
    expect(ends('back').at(-1)).toMatchObject({ endedAt: at(40), energyWh: 5000, flags: [] });
  });

  it('is not silent while readings come, though they change nothing else', async () => {
    const id = await start16('talks');
    later(SILENT_MS - 60_000);
    await reading16('talks', id, 30, 2000);
    later(SILENT_MS + 60_000);
    await service.silence.sweep(heard);
    expect(await only('talks')).toMatchObject({ state: 'active' });
  });
});

describe('E14: a 2.x station is asked about it first', () => {
  async function silent(name: string): Promise<void> {
    await event2(name, 'Started', 0, 1000);
    await event2(name, 'Updated', 5, 3000);
    later(SILENT_MS + 60_000);
    await service.silence.sweep(heard);
  }

  it('once, and what it does not answer in time is over', async () => {
    await silent('mute');
    expect(service.asked).toEqual([
      expect.objectContaining({ station: 'mute', action: 'GetTransactionStatus', payload: { transactionId: 'T-mute' }, priority: 9 }),
    ]);
    await service.silence.sweep(heard);
    expect(service.asked).toHaveLength(1);
    expect(await only('mute')).toMatchObject({ state: 'active' });
    await status('mute', {}, { status: 'offline', response: null });
    later(SILENT_MS + 60_000 + ASK_WAIT_MS + 1_000);
    await service.silence.sweep(heard);
    expect(ends('mute')).toEqual([{ revision: 1, endedAt: at(5), energyWh: 2000, flags: ['gap', 'silent-end'] }]);
  });

  it.each([
    ['goes on', { ongoingIndicator: true, messagesInQueue: false }, 'active'],
    ['has words of it on their way', { ongoingIndicator: false, messagesInQueue: true }, 'active'],
    ['is over', { ongoingIndicator: false, messagesInQueue: false }, 'ended'],
  ])('and believed when it says that it %s', async (name, response, state) => {
    await silent(name);
    await status(name, response);
    await service.silence.sweep(heard);
    expect(await only(name)).toMatchObject({ state });
    later(SILENT_MS + 60_000 + ASK_WAIT_MS + 1_000);
    await service.silence.sweep(heard);
    expect(await only(name)).toMatchObject({ state });
  });

  it('a word of it that comes after opens it again; whatever the order, the same reports make the same bill', async () => {
    await silent('again');
    await status('again', { ongoingIndicator: false, messagesInQueue: false });
    await service.silence.sweep(heard);
    expect(await only('again')).toMatchObject({ state: 'ended' });
    await event2('again', 'Updated', 6, 3500);
    expect(await only('again')).toMatchObject({ state: 'active' });
    await event2('again', 'Ended', 7, 4000);
    expect(ends('again').at(-1)).toMatchObject({ endedAt: at(7), energyWh: 3000 });
  });
});
