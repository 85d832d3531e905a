import { boot, report } from '@voltbus/testing';
import { upgrade } from '../upgrade';
import { PASSWORD, type World } from '../world';

export function connecting(world: () => World): void {
  it('TC_001_CSMS accepts a cold boot, sends the time and the heartbeat interval, and shows the connectors', async () => {
    const station = await world().connected('ocpp1.6');
    expect(await boot(station)).toMatchObject({
      status: 'Accepted',
      interval: expect.any(Number),
      currentTime: expect.stringMatching(/Z$/),
    });
    for (const connectorId of [0, 1])
      expect(await station.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available' })).toEqual({});
    expect(await station.call('Heartbeat', {})).toMatchObject({ currentTime: expect.stringMatching(/Z$/) });
    await world().connectorShown(station, 'Available');
  });

  it('TC_085_CSMS lets a station in with its own name and password, and nobody with another', async () => {
    const name = await world().registered();
    const url = `${world().url}/${name}`;
    expect(await upgrade(url, ['ocpp1.6'], name, PASSWORD)).toBe('ocpp1.6');
    expect(await upgrade(url, ['ocpp1.6'], name, 'another horse battery')).toBe(401);
    expect(await upgrade(url, ['ocpp1.6'], 'somebody', PASSWORD)).toBe(401);
  });

  it('TC_088_CSMS picks the version it speaks of those offered, and does not upgrade where there is none', async () => {
    const name = await world().registered();
    const url = `${world().url}/${name}`;
    expect(await upgrade(url, ['ocpp0.1', 'ocpp1.6'], name, PASSWORD)).toBe('ocpp1.6');
    expect(await upgrade(url, ['ocpp0.1'], name, PASSWORD)).toEqual(expect.any(Number));
  });

  it.each([
    ['TC_013_CSMS', 'Hard', 'HardReset'],
    ['TC_014_CSMS', 'Soft', 'SoftReset'],
  ])('%s resets (%s), ends the session the station stopped for it and accepts the boot that follows', async (_case, type, reason) => {
    const station = await world().booted('ocpp1.6');
    await world().expectAnswered(station, 'Reset', { type }, { status: 'Accepted' });
    const started = await station.call<{ transactionId: number }>('StartTransaction', {
      connectorId: 1,
      idTag: 'CERT-VALID',
      meterStart: 0,
      timestamp: new Date(Date.now() - 60_000).toISOString(),
    });
    await station.call('StopTransaction', {
      transactionId: started.transactionId,
      meterStop: 100,
      timestamp: new Date().toISOString(),
      reason,
    });
    await station.close();
    const again = await world().connect('ocpp1.6', station.options.station);
    expect(await boot(again)).toMatchObject({ status: 'Accepted' });
    await report(again, 'Available');
    await world().connectorShown(again, 'Available');
    await world().transaction(again, { state: 'ended', stopReason: reason });
  });
}
