import { GatewayFixture } from '../testing/gateway-fixture';
import type { TestStation } from '../testing/ws-test-station';

let fixture: GatewayFixture;
beforeEach(async () => {
  fixture = await GatewayFixture.start();
  await fixture.addStation('CS-1', { registration: 'pending' });
});
afterEach(() => fixture.stop());

async function sendCall(station: TestStation, id: string, action: string, payload: object): Promise<boolean | undefined> {
  const before = fixture.received.length;
  station.send([2, id, action, payload]);
  await fixture.until(() => fixture.received.length > before);
  return fixture.received.at(-1)?.meta.asked;
}

describe('a pending station (B02.FR.09, 1.6 section 4.2)', () => {
  it('may send the message that a trigger named, once, and nothing else', async () => {
    const station = await fixture.connect('CS-1');
    const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
    expect(await sendCall(station, 'b', 'BootNotification', boot)).toBeUndefined();
    await fixture.received[0]?.answer([3, 'b', { status: 'Pending', currentTime: new Date().toISOString(), interval: 60 }], 'pending');
    await station.nextFrame();
    expect(await sendCall(station, 'h0', 'Heartbeat', {})).toBeUndefined();
    await fixture.sendCommand('CS-1', 'c1', { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } });
    await station.nextFrame();
    station.send([3, 'c1', { status: 'Accepted' }]);
    expect(
      await sendCall(station, 's', 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' }),
    ).toBeUndefined();
    expect(await sendCall(station, 'h1', 'Heartbeat', {})).toBe(true);
    expect(await sendCall(station, 'h2', 'Heartbeat', {})).toBeUndefined();
  });

  it('may send the report that a call requested, in all its parts (2.x)', async () => {
    const station = await fixture.connect('CS-1', { protocol: 'ocpp2.0.1' });
    const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } };
    await sendCall(station, 'b', 'BootNotification', boot);
    await fixture.received[0]?.answer([3, 'b', { status: 'Pending', currentTime: new Date().toISOString(), interval: 60 }], 'pending');
    await station.nextFrame();
    const part = (requestId: number, seqNo: number, tbc: boolean) => ({ requestId, seqNo, tbc, generatedAt: new Date().toISOString() });
    expect(await sendCall(station, 'r0', 'NotifyReport', part(7, 0, false))).toBeUndefined();
    await fixture.sendCommand('CS-1', 'c1', { action: 'GetBaseReport', payload: { requestId: 7, reportBase: 'FullInventory' } });
    await station.nextFrame();
    station.send([3, 'c1', { status: 'Accepted' }]);
    expect(await sendCall(station, 'r1', 'NotifyReport', part(7, 0, true))).toBe(true);
    expect(await sendCall(station, 'r2', 'NotifyReport', part(7, 1, false))).toBe(true);
    expect(await sendCall(station, 'r3', 'NotifyReport', part(7, 2, false))).toBeUndefined();
  });
});
