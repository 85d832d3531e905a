import { eventually, type ProtocolName } from '@voltbus/testing';
import { TOKENS, type World } from '../world';

type Payload = Record<string, unknown>;

/** Lists that the CSMS keeps by itself. */
export function localList(world: () => World, protocol: ProtocolName): void {
  it('TC_N_46_CSMS takes a driver out of the local list of a station that clears his data', async () => {
    const station = await world().booted(protocol);
    station.answer('GetLocalListVersion', () => ({ versionNumber: 0 }));
    station.answer('SendLocalList', () => ({ status: 'Accepted' }));
    const path = `/v1/stations/${station.options.station}/local-list`;
    const view = async () => (await world().api.get<{ state: string; reportedVersion: number }>(path)).body;
    await world().api.put(path, { mode: 'tokens' });
    const { reportedVersion } = await eventually(view, ({ state }) => state === 'in-sync');
    const idToken = { idToken: TOKENS.VALID, type: 'ISO14443' };
    const request = { requestId: 46, report: true, clear: true, idToken };
    await world().expectAnswered(station, 'CustomerInformation', request, { status: 'Accepted' });
    const notification = { data: 'sessions of this driver', seqNo: 0, tbc: false, generatedAt: new Date().toISOString(), requestId: 46 };
    expect(await station.call('NotifyCustomerInformation', notification)).toEqual({});
    await eventually(view, (list) => list.state === 'in-sync' && list.reportedVersion > reportedVersion);
    const { payload } = station.received.filter(({ action }) => action === 'SendLocalList').at(-1) ?? {};
    const { versionNumber, ...list } = payload as Payload; // a call's payload is an object
    expect(list).toEqual({ updateType: 'Differential', localAuthorizationList: [{ idToken }] });
    expect(versionNumber).toBeGreaterThan(reportedVersion);
  });
}
