import { LaneFixture } from './testing/lane-fixture';

let lane: LaneFixture;
beforeEach(async () => {
  lane = await LaneFixture.start();
});
afterEach(() => lane.close());

describe('a station that is not accepted (B01.FR.10, B02.FR.09, B03.FR.07)', () => {
  it.each([
    ['unknown', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['rejected', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['pending', 'Authorize', { idTag: 'T' }, 'SecurityError'],
    ['pending', 'Heartbeat', {}, 'SecurityError'],
    ['pending', 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' }, 'SecurityError'],
    ['rejected', 'Heartbeat', {}, 'SecurityError'],
    ['unknown', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, null],
  ] as const)('%s and sends %s', async (registration, action, payload, error) => {
    const decide = async () => ({ payload: {} });
    await lane.serve({
      ocpp16: { Authorize: { shape: 'key', decide }, Heartbeat: { shape: 'key', decide }, BootNotification: { shape: 'key', decide } },
    });
    await lane.publishMessage(action, payload, { registration });
    expect((await lane.reply()).frame).toMatchObject(error === null ? [3, 'm1', {}] : [4, 'm1', error, expect.any(String), {}]);
  });

  it.each(['pending', 'rejected', 'unknown'] as const)('%s is answered what it was asked for', async (registration) => {
    await lane.serve({ ocpp16: { Heartbeat: { shape: 'key', decide: async () => ({ payload: {} }) } } });
    await lane.publishMessage('Heartbeat', {}, { registration, asked: true });
    expect((await lane.reply()).frame).toMatchObject([3, 'm1', {}]);
  });

  it('is refused reports of energy that has flowed, which are stored all the same, because it may delete them', async () => {
    const kept: string[] = [];
    await lane.serve({
      ocpp16: {
        StartTransaction: { shape: 'key', decide: async () => (kept.push('start'), { payload: { transactionId: 1 } }) },
        StopTransaction: { shape: 'key', decide: async ({ registration }) => (kept.push(`stop while ${registration}`), { payload: {} }) },
        MeterValues: { shape: 'batch', store: async (messages) => void kept.push(`${messages.length} readings`) },
      },
    });
    const timestamp = '2026-01-01T00:00:00Z';
    await lane.publishMessage('StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 0, timestamp }, { registration: 'pending' });
    await lane.publishMessage(
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '1' }] }] },
      { registration: 'pending' },
    );
    await lane.publishMessage('StopTransaction', { transactionId: 1, meterStop: 5, timestamp }, { registration: 'pending' });
    expect(kept).toEqual(['1 readings', 'stop while pending']);
    for (let times = 0; times < 3; times++)
      expect((await lane.reply()).frame).toMatchObject([4, 'm1', 'SecurityError', 'registration is pending', {}]);
  });
});
