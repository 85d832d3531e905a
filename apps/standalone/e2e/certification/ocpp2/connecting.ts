import { boot, report, type ProtocolName } from '@voltbus/testing';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

const BOOT = { reason: 'PowerUp', chargingStation: { vendorName: 'Foreign', model: 'Model S' } };

export function connecting(world: () => World, protocol: ProtocolName): void {
  const url = (name: string): string => `${world().url}/${name}`;

  it('TC_A_01_CSMS lets a station in with its own name and password', async () => {
    const name = await world().registered();
    expect(await upgrade(url(name), [protocol], name, PASSWORD)).toBe(protocol);
  });

  it('TC_A_02_CSMS refuses a user name that is not the station', async () => {
    const name = await world().registered();
    expect(await upgrade(url(name), [protocol], 'somebody', PASSWORD)).toBe(401);
  });

  it('TC_A_03_CSMS refuses a wrong password', async () => {
    const name = await world().registered();
    expect(await upgrade(url(name), [protocol], name, 'another horse battery')).toBe(401);
  });

  it('TC_B_58_CSMS picks the version it speaks of those offered, and does not upgrade where there is none', async () => {
    const name = await world().registered();
    expect(await upgrade(url(name), ['ocpp0.1', protocol], name, PASSWORD)).toBe(protocol);
    expect(await upgrade(url(name), ['ocpp0.1'], name, PASSWORD)).toEqual(expect.any(Number));
  });

  it('TC_B_01_CSMS accepts a cold boot, sends the time and the heartbeat interval, and shows the connectors', async () => {
    const station = await world().connected(protocol);
    expect(await boot(station)).toMatchObject({
      status: 'Accepted',
      interval: expect.any(Number),
      currentTime: expect.stringMatching(/Z$/),
    });
    await report(station, 'Available');
    expect(await station.call('Heartbeat', {})).toMatchObject({ currentTime: expect.stringMatching(/Z$/) });
    await world().connectorShown(station, 'Available');
  });

  it('TC_B_02_CSMS configures a pending station, starts nothing there, and accepts it when the operator does', async () => {
    const station = await world().connected(protocol, { registration: 'pending' });
    expect(await station.call('BootNotification', BOOT)).toMatchObject({ status: 'Pending' });
    await world().expectAnswered(station, 'GetBaseReport', { requestId: 0, reportBase: 'FullInventory' }, { status: 'Accepted' });
    const refused = await world().sendCommand(station, 'RequestStartTransaction', {
      idToken: { idToken: 'CERT-VALID', type: 'ISO14443' },
      remoteStartId: 1,
      evseId: 1,
    });
    expect(refused.status).not.toBe('answered');
    expect(station.received.map(({ action }) => action)).toEqual(['GetBaseReport']);
    await world().api.patch(`/v1/stations/${station.options.station}`, { registration: 'accepted' });
    expect(await station.call('BootNotification', BOOT)).toMatchObject({ status: 'Accepted' });
    await world().shown(station, ({ registration }) => registration === 'accepted');
  });

  it.each([
    ['pending', 'Pending'],
    ['rejected', 'Rejected'],
  ])('TC_B_30_CSMS refuses any other message of a station that is %s with a SecurityError', async (registration, status) => {
    const station = await world().connected(protocol, { registration });
    expect(await station.call('BootNotification', BOOT)).toMatchObject({ status });
    const answer = station.call('Authorize', { idToken: { idToken: 'CERT-VALID', type: 'ISO14443' } });
    await expect(answer).rejects.toMatchObject({ rpcErrorCode: 'SecurityError' });
  });

  it.each(['pending', 'rejected'])('TC_B_31_CSMS triggers the boot of a station that is %s', async (registration) => {
    const station = await world().connected(protocol, { registration });
    await station.call('BootNotification', BOOT);
    await world().api.patch(`/v1/stations/${station.options.station}`, { registration: 'accepted' });
    await world().expectAnswered(station, 'TriggerMessage', { requestedMessage: 'BootNotification' }, { status: 'Accepted' });
    expect(await station.call('BootNotification', { ...BOOT, reason: 'Triggered' })).toMatchObject({ status: 'Accepted' });
  });

  it('TC_P_02_CSMS answers data of a vendor it does not know', async () => {
    const station = await world().booted(protocol);
    expect(await station.call('DataTransfer', { vendorId: 'org.example.unheard-of', messageId: 'x' })).toMatchObject({
      status: 'UnknownVendorId',
    });
  });

  it('TC_P_03_CSMS takes messages with custom data as it takes those without', async () => {
    const station = await world().connected(protocol);
    const customData = { vendorId: 'org.example', whatever: { depth: [1, 2] } };
    expect(await station.call('BootNotification', { ...BOOT, customData })).toMatchObject({ status: 'Accepted' });
    const request = { evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp: new Date().toISOString(), customData };
    expect(await station.call('StatusNotification', request)).toEqual({});
    await world().connectorShown(station, 'Available');
  });
}
