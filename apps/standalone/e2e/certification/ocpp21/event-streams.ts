import { eventually } from '@voltbus/testing';
import { nextCall } from '../next-call';
import type { World } from '../world';

interface Stream {
  intervalSeconds: number | null;
  received: number;
  closedAt: string | null;
}
const now = () => new Date().toISOString();

/** Streams of values of 2.1 (N11 to N15), and its monitors. */
export function eventStreams(world: () => World): void {
  it('TC_N_107_CSMS keeps the values of a stream that the station opens and closes', async () => {
    const station = await world().booted('ocpp2.1');
    const path = `/v1/stations/${station.options.station}/event-streams`;
    const streams = async () => (await world().api.get<{ items: Stream[] }>(path)).body.items;
    const constantStreamData = { id: 1, params: { interval: 10 }, variableMonitoringId: 3 };
    expect(await station.call('OpenPeriodicEventStream', { constantStreamData })).toEqual({ status: 'Accepted' });
    const values = { id: 1, pending: 0, basetime: now(), data: [{ t: 0, v: '1' }, { t: 1, v: '2' }] }; // prettier-ignore
    station.sendRaw(JSON.stringify([6, 'stream-1', 'NotifyPeriodicEventStream', values]));
    await eventually(streams, ([stream]) => stream?.received === 2);
    const called = nextCall(station, 'AdjustPeriodicEventStream', { status: 'Accepted' });
    await world().api.patch(`${path}/1`, { intervalSeconds: 60 });
    expect(await called()).toEqual({ id: 1, params: { interval: 60 } });
    expect(await station.call('ClosePeriodicEventStream', { id: 1 })).toEqual({});
    const [stream] = await eventually(streams, ([one]) => one?.closedAt != null);
    expect(stream).toMatchObject({ intervalSeconds: 60, received: 2 });
  });

  it.each([
    ['TC_N_104_CSMS', 'of target and delta', { type: 'TargetDelta', value: 2 }],
    ['TC_N_105_CSMS', 'at short intervals', { type: 'Periodic', value: 1, stream: { interval: 1 } }],
  ])('%s sets a monitor %s', async (_case, _title, more) => {
    const station = await world().booted('ocpp2.1');
    const named = { component: { name: 'EVSE' }, variable: { name: 'Power' }, type: more.type, severity: 5 };
    const called = nextCall(station, 'SetVariableMonitoring', { setMonitoringResult: [{ ...named, status: 'Accepted', id: 1 }] });
    const monitor = { component: 'EVSE', variable: 'Power', severity: 5, ...more };
    const { body } = await world().api.post(`/v1/stations/${station.options.station}/monitors`, { monitors: [monitor] });
    expect(await called()).toMatchObject({ setMonitoringData: [{ ...named, value: more.value }] });
    expect(body).toMatchObject({ results: [{ result: 'accepted', id: 1 }] });
  });
}
