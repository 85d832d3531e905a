import { report } from '@voltbus/testing';
import { charging } from '../ocpp2/session';
import { asked, shown } from '../station-requests';
import type { World } from '../world';

type Payload = Record<string, unknown>;

/** What 2.1 asks beyond 2.0.1. */
export function added(world: () => World): void {
  it('TC_G_01_CSMS shows the state of a connector as the station tells it', async () => {
    const station = await world().booted('ocpp2.1');
    for (const word of ['Available', 'Occupied'] as const) {
      await report(station, word);
      await world().connectorShown(station, word);
    }
  });

  it.each([
    ['TC_B_103_CSMS', 'a session goes on after'],
    ['TC_B_104_CSMS', 'an idle station ends'],
  ])('%s %s a reset with resume by its boot', async (_case, what) => {
    const station = await world().booted('ocpp2.1');
    const session = what.startsWith('a session') ? await charging(station) : null;
    const body = { type: 'ImmediateAndResume' };
    const reset = await asked(world(), station, { path: 'resets', body, action: 'Reset', response: { status: 'Accepted' } });
    expect(reset.payload).toEqual(body);
    await session?.sendEvent('Updated', 'ResetCommand', { drawnWh: 100 });
    const chargingStation = { vendorName: 'Foreign', model: 'Model S' };
    expect(await station.call('BootNotification', { reason: 'RemoteReset', chargingStation })).toMatchObject({ status: 'Accepted' });
    await session?.sendEvent('Updated', 'TxResumed', { charging: 'Charging', drawnWh: 200 });
    await session?.sendEvent('Ended', 'StopAuthorized', { stopped: 'Local', drawnWh: 500 });
    if (session !== null) await world().transaction(station, { state: 'ended', stopReason: 'Local', energyWh: 500 });
    expect(await shown(world(), `/v1/resets/${reset.id}`, 'succeeded', null)).toMatchObject({ bootReason: 'RemoteReset' });
  });

  it('TC_B_105_CSMS adds a network configuration by variables, and neither sends nor stores a password in the clear', async () => {
    const station = await world().booted('ocpp2.1');
    station.answer('SetVariables', ({ setVariableData }) => ({
      setVariableResult: (setVariableData as Payload[]).map(({ component, variable }) => ({
        ...{ component, variable, attributeStatus: 'Accepted' },
      })),
    }));
    const settings = {
      OcppCsmsUrl: 'wss://csms.example/ocpp',
      OcppInterface: 'Wired0',
      SecurityProfile: '2',
      BasicAuthPassword: 'S3cretOfTheSlot',
    };
    const place = { component: 'NetworkConfiguration', componentInstance: '2' };
    const variables = Object.entries(settings).map(([variable, value]) => ({ ...place, variable, value }));
    const path = `/v1/stations/${station.options.station}`;
    const { body } = await world().api.patch<{ results: { result: string }[] }>(`${path}/variables`, { variables });
    expect(body.results.map(({ result }) => result)).toEqual(['accepted', 'accepted', 'accepted', 'refused']);
    const sent = station.received.flatMap(({ payload }) => ((payload as Payload)['setVariableData'] as Payload[] | undefined) ?? []);
    expect(sent.map(({ attributeValue }) => attributeValue)).toEqual(Object.values(settings).slice(0, 3));
    const told = await Promise.all(['variables', 'messages', 'variable-changes'].map((one) => world().api.get(`${path}/${one}`)));
    expect(JSON.stringify(told)).not.toContain('S3cret');
  });

  it('TC_F_100_CSMS triggers what the vendor calls by a name of its own', async () => {
    const trigger = { requestedMessage: 'CustomTrigger', customTrigger: 'SelfTest' };
    await world().expectAnswered(await world().booted('ocpp2.1'), 'TriggerMessage', trigger, { status: 'Accepted' });
  });
}
