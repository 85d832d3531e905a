import type { Command, CommandRequest, ConnectionEvent, Protocol } from '@voltbus/contracts';
import type { StationMessage } from '@voltbus/service';
import { commandEnd, startService, type ServiceFixture } from '../testing/service-fixture';
import { MAX_ASKED } from './station-capabilities';
import { ANSWERS_WITHIN_MS } from './store/typeorm-capabilities';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('TRUNCATE transactions.capabilities, transactions.local_lists, transactions.presence');
  service.sent.length = 0;
  service.clock.at = () => new Date(Date.now() + passed);
});

let passed = 0;
const ref = (station: string) => ({ tenant: 'default', station });
const on = (station: string) => service.localLists.set(ref(station), () => ({ mode: 'tokens', entriesPerMessage: 100 }));
const connect = (station: string, protocol: Protocol = 'ocpp2.0.1') => service.connect(ref(station), protocol);
const disconnect = (event: ConnectionEvent) => service.capabilities.onDisconnected([{ ...event, reason: 'closed' }]);
const sweep = () => service.capabilities.sweep();
const actions = () => service.sent.map(({ action }) => action);
const asked = (action: string) => service.lastSent(action);
const end = (request: CommandRequest, how: Partial<Command>) => service.capabilities.onAnswered(commandEnd(request, how));
const answer = (action: string, response: object) => end(asked(action), { response });
const operators = (station: string, action: string, payload: Record<string, unknown>, response: object) =>
  end({ id: '00000000-0000-4000-8000-000000000000', ...ref(station), action, payload, priority: 5, requestedBy: 'api' }, { response });
const variables = (values: Record<string, string>) => ({
  getVariableResult: Object.entries(values).map(([name, attributeValue]) => ({
    ...{ component: { name: 'LocalAuthListCtrlr' }, variable: { name } },
    ...{ attributeStatus: 'Accepted', attributeValue },
  })),
});
const report = (station: string, maxLimit: number) => {
  const entries = { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Entries' }, variableAttribute: [{ value: '1' }] };
  const reportData = [{ ...entries, variableCharacteristics: { dataType: 'integer', supportsMonitoring: false, maxLimit } }];
  return service.capabilities.observeReports([{ ref: ref(station), payload: { reportData } } as unknown as StationMessage<never>]);
};
const of = (station: string) => service.capabilities.of(ref(station));

describe('the capabilities of stations', () => {
  it('D01.FR.11 to 13: a station whose list is kept is asked once per connection, and again with the next', async () => {
    await connect('once');
    expect(await sweep()).toBe(0); // nobody wants to know
    await on('once');
    expect(await of('once')).toEqual(expect.objectContaining({ capabilities: {}, complete: false }));
    expect(await sweep()).toBe(1);
    expect(actions()).toEqual(['GetVariables', 'GetReport']);
    expect(await sweep()).toBe(0);
    await answer('GetVariables', variables({ Enabled: 'true', ItemsPerMessage: '20' }));
    expect(await of('once')).toMatchObject({ complete: false });
    await answer('GetReport', { status: 'Accepted' });
    expect(await of('once')).toMatchObject({ complete: false });
    await report('once', 50);
    expect(await of('once')).toMatchObject({ capabilities: { listEnabled: true, entriesPerMessage: 20, maxEntries: 50 }, complete: true });
    await connect('once');
    expect(await of('once')).toMatchObject({ capabilities: { maxEntries: 50 }, complete: false });
    expect(await sweep()).toBe(1);
    await answer('GetVariables', variables({ Enabled: 'nonsense' }));
    await answer('GetReport', { status: 'NotSupported' });
    expect(await of('once')).toMatchObject({ complete: true });
    expect((await of('once')).capabilities).toEqual({ maxEntries: 50 }); // a value from a report stands until the next
  });

  it('a report may come before the answer to the question for it', async () => {
    await connect('early');
    await on('early');
    await sweep();
    await report('early', 30);
    await answer('GetReport', { status: 'Accepted' });
    await answer('GetVariables', variables({}));
    expect(await of('early')).toMatchObject({ capabilities: { maxEntries: 30 }, complete: true });
  });

  it.each(['error', 'offline', 'unknown', 'expired', 'busy', 'cancelled'] as const)(
    'nobody waits for an answer that ended so: %s',
    async (status) => {
      await connect(status, 'ocpp1.6');
      await on(status);
      await sweep();
      expect(actions()).toEqual(['GetConfiguration']);
      await answer('GetConfiguration', { configurationKey: [{ key: 'LocalAuthListEnabled', readonly: false, value: 'false' }] });
      expect(await of(status)).toMatchObject({ capabilities: { listEnabled: false }, complete: true });
      await connect(status, 'ocpp1.6');
      await sweep();
      await end(asked('GetConfiguration'), { status, error: status === 'error' ? { code: 'NotSupported', description: '' } : null });
      expect(await of(status)).toMatchObject({ capabilities: status === 'error' ? {} : { listEnabled: false }, complete: true });
      expect(Object.keys((await of(status)).capabilities)).toHaveLength(status === 'error' ? 0 : 1);
    },
  );

  it('nobody waits longer than a minute, nor for a station that is away', async () => {
    await connect('slow');
    await on('slow');
    await sweep();
    expect(await of('slow')).toMatchObject({ complete: false });
    passed += ANSWERS_WITHIN_MS + 1_000;
    expect(await of('slow')).toMatchObject({ complete: true });
    const event = await connect('slow');
    expect(await of('slow')).toMatchObject({ complete: false });
    await disconnect(event);
    expect(await of('slow')).toMatchObject({ complete: true });
    expect(await sweep()).toBe(0);
  });

  it('is asked again after an operator has changed it, and believed when it tells him', async () => {
    await connect('changed', 'ocpp1.6');
    await on('changed');
    await sweep();
    await answer('GetConfiguration', { unknownKey: ['LocalAuthListEnabled'] });
    await operators(
      'changed',
      'GetConfiguration',
      {},
      { configurationKey: [{ key: 'SendLocalListMaxLength', readonly: true, value: '5' }] },
    );
    expect(await of('changed')).toMatchObject({ capabilities: { entriesPerMessage: 5 }, complete: true });
    await operators('changed', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '1' }, { status: 'Accepted' });
    expect(await sweep()).toBe(0);
    await operators('changed', 'ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' }, { status: 'Accepted' });
    expect(await sweep()).toBe(1);
    expect(new Set(service.sent.map(({ id }) => id)).size).toBe(2);
  });

  it('of a station of which nobody wants to know nothing is kept', async () => {
    await operators('stranger', 'GetVariables', {}, variables({ Enabled: 'false' }));
    await operators('stranger', 'SetVariables', { setVariableData: [] }, {});
    await report('stranger', 5);
    expect(await of('stranger')).toEqual({ capabilities: {}, complete: true });
  });

  it('is not asked once its list is switched off', async () => {
    await connect('off');
    await on('off');
    await service.localLists.set(ref('off'), () => ({ mode: 'off', entriesPerMessage: 100 }));
    await connect('off');
    expect(await sweep()).toBe(0);
  });

  it('a process that dies in between: the next one asks the same, under the same ids', async () => {
    await connect('crash');
    await on('crash');
    service.sendingFails = true;
    await expect(sweep()).rejects.toThrow('the bus is away');
    service.sendingFails = false;
    service.restart();
    await sweep();
    const first = [...service.sent];
    await service.database.query('UPDATE transactions.capabilities SET asks = true'); // died before it was noted
    service.restart();
    await sweep();
    expect(service.sent).toEqual([...first, ...first]);
  });
});

it(`asks ${MAX_ASKED} stations in one sweep and the rest in the next`, async () => {
  for (let index = 0; index < MAX_ASKED + 5; index += 1) {
    await connect(`many-${index}`, 'ocpp1.6');
    await on(`many-${index}`);
  }
  expect(await sweep()).toBe(MAX_ASKED);
  expect(await sweep()).toBe(5);
  expect(new Set(service.sent.map(({ station }) => station)).size).toBe(MAX_ASKED + 5);
});
