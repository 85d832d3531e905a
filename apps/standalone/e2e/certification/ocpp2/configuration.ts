import { eventually, type ForeignStation, type ProtocolName } from '@voltbus/testing';
import type { World } from '../world';

type Payload = Record<string, unknown>;
interface Variables {
  items: { component: string; variable: string; attributes: { value: string | null }[] }[];
}

const named = (component: string, name: string, instance?: string) => ({
  component: { name: component },
  variable: { name, ...(instance === undefined ? {} : { instance }) },
});
const FIVE = ['HeartbeatInterval', 'OfflineThreshold', 'ResetRetries', 'WebSocketPingInterval', 'RetryBackOffRepeatTimes'];
const ACCEPTED = { status: 'Accepted' };
const CTRLR = named('OCPPCommCtrlr', 'OfflineThreshold');

/** The station reports that it takes four variables in a message. */
async function limited(world: World, protocol: ProtocolName): Promise<ForeignStation> {
  const station = await world.booted(protocol);
  const value = (action: string) => ({ ...named('DeviceDataCtrlr', 'ItemsPerMessage', action), variableAttribute: [{ value: '4' }] });
  await report(station, 1, [value('GetVariables'), value('SetVariables')]);
  await shown(world, station, ({ items }) => items.length === 2);
  return station;
}

function report(station: ForeignStation, requestId: number, reportData: object[]): Promise<Payload> {
  return station.call('NotifyReport', { requestId, generatedAt: new Date().toISOString(), seqNo: 0, tbc: false, reportData });
}

async function shown(world: World, { options }: ForeignStation, satisfies: (variables: Variables) => boolean): Promise<void> {
  await eventually(
    () => world.api.get<Variables>(`/v1/stations/${options.station}/variables`),
    ({ body }) => satisfies(body),
  );
}

export function configuration(world: () => World, protocol: ProtocolName): void {
  it('TC_B_08_CSMS reads no more variables at once than the station takes', async () => {
    const station = await limited(world(), protocol);
    const getVariableData = FIVE.map((name) => named('OCPPCommCtrlr', name));
    const command = { action: 'GetVariables', payload: { getVariableData } };
    expect(await world().api.post(`/v1/stations/${station.options.station}/commands`, command)).toMatchObject({
      status: 422,
      body: { code: 'invalid', errors: [{ path: '/payload/getVariableData' }] },
    });
    const four = getVariableData.slice(0, 4);
    const getVariableResult = four.map((one) => ({ ...one, attributeStatus: 'Accepted', attributeValue: '60' }));
    await world().expectAnswered(station, 'GetVariables', { getVariableData: four }, { getVariableResult });
    expect(station.received.filter(({ action }) => action === 'GetVariables')).toHaveLength(1);
  });

  it('TC_B_10_CSMS sets several variables in messages that the station takes', async () => {
    const station = await limited(world(), protocol);
    station.answer('SetVariables', ({ setVariableData }) => ({
      setVariableResult: (setVariableData as Payload[]).map(({ component, variable }) => ({
        component,
        variable,
        attributeStatus: 'Accepted',
      })),
    }));
    const variables = FIVE.map((variable) => ({ component: 'OCPPCommCtrlr', variable, value: '60' }));
    const { body } = await world().api.patch<{ results: { result: string }[] }>(`/v1/stations/${station.options.station}/variables`, {
      variables,
    });
    expect(body.results.map(({ result }) => result)).toEqual(FIVE.map(() => 'accepted'));
    const sent = station.received.filter(({ action }) => action === 'SetVariables');
    expect(sent.map(({ payload }) => ((payload as Payload)['setVariableData'] as unknown[]).length)).toEqual([4, 1]);
  });

  it('TC_B_18_CSMS asks for a report by criteria and variables, and shows what it has', async () => {
    const station = await world().booted(protocol);
    const payload = { requestId: 5, componentCriteria: ['Available'], componentVariable: [CTRLR] };
    await world().expectAnswered(station, 'GetReport', payload, ACCEPTED);
    expect(await report(station, 5, [{ ...CTRLR, variableAttribute: [{ value: '60' }] }])).toEqual({});
    await shown(world(), station, ({ items }) => items[0]?.attributes[0]?.value === '60');
    const nothing = { ...payload, requestId: 6, componentCriteria: ['Problem'] };
    await world().expectAnswered(station, 'GetReport', nothing, { status: 'EmptyResultSet' });
    const path = `/v1/stations/${station.options.station}/variable-reports`;
    await eventually(
      () => world().api.get<{ items: { requestId: number; state: string }[] }>(path),
      ({ body }) => body.items.map(({ requestId, state }) => `${requestId} ${state}`).join() === '6 empty,5 complete',
    );
  });
}
