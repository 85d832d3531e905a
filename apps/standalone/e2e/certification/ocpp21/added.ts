import { report } from '@voltbus/testing';
import { charging } from '../ocpp2/session';
import { asked, shown } from '../station-requests';
import type { World } from '../world';

/** What 2.1 asks beyond 2.0.1. */
export function added(world: () => World): void {
  it('TC_G_01_CSMS shows the state of a connector as the station tells it', async () => {
    const station = await world().booted('ocpp2.1');
    for (const word of ['Available', 'Occupied'] as const) {
      await report(station, word);
      await world().connectorShown(station, word);
    }
  });

  it('TC_B_103_CSMS and TC_B_104_CSMS reset and resume: each reset ends with its boot, and the session goes on', async () => {
    const [idle, busy] = [await world().booted('ocpp2.1'), await world().booted('ocpp2.1')];
    const session = await charging(busy);
    const body = { type: 'ImmediateAndResume' };
    const resets: string[] = [];
    for (const station of [idle, busy]) {
      const how = { path: 'resets', body, action: 'Reset', response: { status: 'Accepted' } } as const;
      const { id, payload } = await asked(world(), station, how);
      expect(payload).toEqual(body);
      resets.push(id);
    }
    await session.sendEvent('Updated', 'ResetCommand', { drawnWh: 100 });
    const chargingStation = { vendorName: 'Foreign', model: 'Model S' };
    for (const station of [idle, busy])
      expect(await station.call('BootNotification', { reason: 'RemoteReset', chargingStation })).toMatchObject({ status: 'Accepted' });
    await session.sendEvent('Updated', 'TxResumed', { charging: 'Charging', drawnWh: 200 });
    await session.sendEvent('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: 500 });
    await world().transaction(busy, { state: 'ended', stopReason: 'Local', energyWh: 500 });
    for (const id of resets)
      expect(await shown(world(), `/v1/resets/${id}`, 'succeeded', null)).toMatchObject({ bootReason: 'RemoteReset' });
  });

  it('TC_F_100_CSMS triggers what the vendor calls by a name of its own', async () => {
    const trigger = { requestedMessage: 'CustomTrigger', customTrigger: 'SelfTest' };
    await world().expectAnswered(await world().booted('ocpp2.1'), 'TriggerMessage', trigger, { status: 'Accepted' });
  });
}
