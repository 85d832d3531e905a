import { MAX_VALUE_BYTES } from '@voltbus/bus';
import { startService, type ServiceFixture, type SendingStation } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => void (service = await startService()));
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
const LARGE = 600_000;
const stored = async (station: string): Promise<number[]> => {
  const rows: { length: number }[] = await service.database.query(
    'SELECT length(signed::text) AS length FROM transactions.readings WHERE station = $1 AND signed IS NOT NULL ORDER BY at',
    [station],
  );
  return rows.map(({ length }) => length);
};
const bytesPublished = (station: string) => service.publishedEnds(station).map((ended) => Buffer.byteLength(JSON.stringify(ended)));

async function session16(name: string, values: readonly string[]): Promise<void> {
  const station: SendingStation = { protocol: 'ocpp1.6', station: name };
  const started = await service.receive(station, 'StartTransaction', { connectorId: 1, idTag: 'TAG-1', meterStart: 0, timestamp: at(0) });
  const transactionId = Number(started['transactionId']);
  for (const [index, value] of values.entries()) {
    const context = index === 0 ? 'Transaction.Begin' : 'Transaction.End';
    const meterValue = [{ timestamp: at(10 + index), sampledValue: [{ value, format: 'SignedData', context }] }];
    await service.receive(station, 'MeterValues', { connectorId: 1, transactionId, meterValue });
  }
  await service.receive(station, 'StopTransaction', {
    transactionId,
    idTag: 'TAG-1',
    meterStop: 50_000,
    timestamp: at(30),
    reason: 'Local',
  });
}

describe('signed data larger than a record of the bus', () => {
  it('1.6: is kept with the readings, and the account of the transaction is published without it, flagged', async () => {
    await session16('large-16', ['g'.repeat(LARGE), 'h'.repeat(LARGE)]);
    expect(service.publishedEnds('large-16')).toMatchObject([
      { energyWh: 50_000, signedData: [], flags: expect.arrayContaining(['evidence-cut']) as unknown },
    ]);
    expect(bytesPublished('large-16').every((bytes) => bytes < MAX_VALUE_BYTES)).toBe(true);
    for (const length of await stored('large-16')) expect(length).toBeGreaterThan(LARGE);
    expect(await service.transactionsOf('large-16')).toMatchObject([{ flags: expect.arrayContaining(['evidence-cut']) as unknown }]);
  });

  it('1.6: what fits goes with the bill, verbatim and without a flag', async () => {
    await session16('fits-16', ['OCMF|begin', 'OCMF|end']);
    const [published] = service.publishedEnds('fits-16');
    expect(published?.signedData).toEqual(['OCMF|begin', 'OCMF|end']);
    expect(published?.flags).not.toContain('evidence-cut');
  });

  it('1.6: a reading repeated with ever more parts does not grow without bound', async () => {
    const station: SendingStation = { protocol: 'ocpp1.6', station: 'growing' };
    const measurands = ['Voltage', 'Frequency', 'Temperature', 'RPM', 'SoC', 'Power.Offered', 'Current.Offered', 'Power.Factor'];
    for (const [index, measurand] of measurands.entries()) {
      const value = String(index).repeat(400_000);
      const meterValue = [{ timestamp: at(1), sampledValue: [{ value, format: 'SignedData', measurand }] }];
      await service.receive(station, 'MeterValues', { connectorId: 1, transactionId: 7, meterValue });
    }
    const [row]: { parts: number }[] = await service.database.query(
      `SELECT (SELECT count(*)::int FROM jsonb_object_keys(signed)) AS parts FROM transactions.readings WHERE station = 'growing'`,
    );
    expect(row?.parts).toBe(3); // the third one makes it larger than a megabyte
  });

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: the same', async (protocol) => {
    const name = `large-${protocol}`;
    const signed = (minute: number, context: string, wh: number, length: number) => ({
      timestamp: at(minute),
      sampledValue: [
        {
          value: wh,
          context,
          signedMeterValue: { signedMeterData: 'g'.repeat(length), signingMethod: 'ECDSA', encodingMethod: 'OCMF', publicKey: 'k' },
        },
      ],
    });
    const event = (eventType: string, seqNo: number, minute: number, meterValue: object) => ({
      eventType,
      timestamp: at(minute),
      triggerReason: eventType === 'Ended' ? 'EVDeparted' : 'Authorized',
      seqNo,
      transactionInfo: { transactionId: 'T1', ...(eventType === 'Ended' ? { stoppedReason: 'Local' } : {}) },
      evse: { id: 1, connectorId: 1 },
      meterValue: [meterValue],
    });
    const station: SendingStation = { protocol, station: name };
    await service.receiveRaw(station, 'TransactionEvent', event('Started', 0, 0, signed(0, 'Transaction.Begin', 0, LARGE)));
    await service.receiveRaw(station, 'TransactionEvent', event('Ended', 1, 30, signed(30, 'Transaction.End', 50_000, 2_000)));
    expect(service.publishedEnds(name)).toMatchObject([
      { energyWh: 50_000, signedData: ['g'.repeat(2_000)], flags: expect.arrayContaining(['evidence-cut']) as unknown },
    ]);
    expect((await stored(name))[0]).toBeGreaterThan(LARGE);
  });

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
    '%s: an unreadable token, place or value is missing in the bill, and flagged',
    async (protocol) => {
      const [station, name] = [{ protocol, station: `unread-${protocol}` }, `unread-${protocol}`];
      const event = (transactionId: string, more: object) =>
        service.receiveRaw(station, 'TransactionEvent', {
          ...{ eventType: 'Started', timestamp: at(0), triggerReason: 'Authorized', seqNo: 0, transactionInfo: { transactionId } },
          ...more,
        });
      await event('token', { idToken: { idToken: 'K'.repeat(300), type: 'ISO14443' } });
      await event('place', { evse: { id: 'one' } });
      await event('value', { meterValue: [{ timestamp: at(0), sampledValue: [{ value: '0xfff' }] }] });
      await event('vendor', { customData: { vendorId: ['x'] } });
      const flags = new Map((await service.transactionsOf(name)).map((one) => [one.ocppTransactionId, one.flags]));
      expect(flags.get('token')).toContain('missing-members');
      expect(flags.get('place')).toContain('missing-members');
      expect(flags.get('value')).toContain('number-out-of-range');
      expect(flags.get('vendor')).not.toContain('missing-members');
    },
  );
});
