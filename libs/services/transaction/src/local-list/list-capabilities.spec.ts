import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { encodeCall } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import { commandEnd } from '../testing/service-fixture';
import { TOO_MANY_MS } from './domain/local-list';
import { LocalListHarness } from './testing/local-list-harness';
import { MAX_DUE } from './local-lists';
import { QUIET_MS } from '../authorization/store/typeorm-token-revisions';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

const STATION = 'CS-1';
const tokens = async (tenant: string, count: number) => {
  for (let index = 0; index < count; index += 1) await lists.put(tenant, `TOKEN-${index}`);
};
const connect = (tenant: string, protocol: Protocol) => lists.service.connect({ tenant, station: STATION }, protocol);
async function sweep(): Promise<void> {
  lists.pass(QUIET_MS + 1_000);
  await lists.service.capabilities.sweep();
  await lists.service.localLists.sweep();
}
async function end(request: CommandRequest, how: Partial<Command>): Promise<void> {
  const command = commandEnd(request, how);
  await lists.service.capabilities.onAnswered(command);
  await lists.service.localLists.onAnswered(command);
}
const asked = (action: string) => lists.service.lastSent(action);
const answer = (action: string, response: object) => end(asked(action), { response });
const sizes = () =>
  lists.service.sent
    .filter(({ action }) => action === 'SendLocalList')
    .map(({ payload }) => (payload['localAuthorizationList'] as unknown[] | undefined)?.length ?? 0); // as send-local-list.ts forms it
const sent = () => lists.service.sent.some(({ action }) => action === 'SendLocalList' || action === 'GetLocalListVersion');

type Reported = Record<string, string>;
const configuration = (reported: Reported) => ({
  configurationKey: Object.entries(reported).map(([key, value]) => ({ key, readonly: true, value })),
});
const variables = (reported: Reported) => ({
  getVariableResult: Object.entries(reported).map(([name, attributeValue]) => ({
    ...{ component: { name: 'LocalAuthListCtrlr' }, variable: { name } },
    ...{ attributeStatus: 'Accepted', attributeValue },
  })),
});
/** A list that is switched on, of a connected station with these capabilities. */
async function reports(tenant: string, protocol: Protocol, reported: Reported, entriesPerMessage?: number): Promise<void> {
  await lists.on(tenant, entriesPerMessage);
  await connect(tenant, protocol);
  await sweep();
  expect(sent()).toBe(false); // it is asked first, and nothing else meanwhile
  if (protocol === 'ocpp1.6') return answer('GetConfiguration', configuration(reported));
  await answer('GetVariables', variables(reported));
  await answer('GetReport', { status: 'NotSupported' });
}
/** It takes what it is sent, until nothing more comes. */
async function takesAll(protocol: Protocol = 'ocpp1.6'): Promise<void> {
  await sweep();
  await answer('GetLocalListVersion', protocol === 'ocpp1.6' ? { listVersion: 0 } : { versionNumber: 0 });
  for (let before = 0; before < lists.service.sent.length;) {
    before = lists.service.sent.length;
    await answer('SendLocalList', { status: 'Accepted' });
  }
}

describe('a station that does not use its list', () => {
  it.each<[Protocol, Reported, string]>([
    ['ocpp1.6', { LocalAuthListEnabled: 'false' }, 'disabled'],
    ['ocpp2.0.1', { Available: 'true', Enabled: 'false' }, 'disabled'],
    ['ocpp2.1', { Available: 'false', Enabled: 'true' }, 'not-supported'],
  ])('D01.FR.13 (%s): %j is sent nothing, and the list shows why: %s', async (protocol, reported, state) => {
    const tenant = `disabled-${protocol}`;
    await lists.put(tenant, 'AAA');
    await reports(tenant, protocol, reported);
    await sweep();
    expect(sent()).toBe(false);
    const { stationSays, ...shown } = await lists.show(tenant);
    expect(shown).toMatchObject({ mode: 'tokens', state, reportedVersion: null });
    expect(Object.values(stationSays)).toContain(false);
  });

  it('D01.FR.13: is sent its list once an operator has switched it on there, and when it comes back with it switched on', async () => {
    await lists.put('enabled', 'AAA');
    await reports('enabled', 'ocpp1.6', { LocalAuthListEnabled: 'false' });
    const change = { key: 'LocalAuthListEnabled', value: 'true' };
    await lists.service.capabilities.onAnswered({
      ...{ id: '', tenant: 'enabled', station: STATION, action: 'ChangeConfiguration', payload: change, response: { status: 'Accepted' } },
      ...{ status: 'answered', error: null, createdAt: '', sentAt: null, endedAt: '' },
    });
    await sweep();
    await answer('GetConfiguration', configuration({ LocalAuthListEnabled: 'true' }));
    await takesAll();
    expect(await lists.show('enabled')).toMatchObject({ state: 'in-sync', stationSays: { enabled: true } });

    await connect('enabled', 'ocpp1.6');
    await sweep();
    await answer('GetConfiguration', configuration({ LocalAuthListEnabled: 'false' }));
    expect(await lists.show('enabled')).toMatchObject({ state: 'disabled' }); // D02.FR.03: its version would prove nothing
    await connect('enabled', 'ocpp1.6');
    await sweep();
    await answer('GetConfiguration', configuration({ LocalAuthListEnabled: 'true' }));
    await sweep();
    expect(lists.service.sent.at(-1)).toMatchObject({ action: 'GetLocalListVersion' });
  });

  it('an operator who switches its list on once more, or has all of it sent, has it asked again', async () => {
    await reports('insist', 'ocpp1.6', { LocalAuthListEnabled: 'false' });
    for (const insist of [() => lists.on('insist'), () => lists.service.localLists.force({ tenant: 'insist', station: STATION })]) {
      lists.service.sent.length = 0;
      await insist();
      await sweep();
      expect(lists.service.sent.map(({ action }) => action)).toEqual(['GetConfiguration']);
    }
  });
});

describe('what is under way', () => {
  it.each<[string, Reported, () => Promise<unknown>]>([
    ['is disabled', { LocalAuthListEnabled: 'false' }, () => Promise.resolve()],
    ['is queried for its capabilities again', {}, () => connect('under-way-1', 'ocpp1.6')],
  ])('ends there when the station %s meanwhile', async (_, reported, meanwhile) => {
    const tenant = `under-way-${Object.keys(reported).length === 0 ? 1 : 2}`;
    await lists.put(tenant, 'AAA');
    await reports(tenant, 'ocpp1.6', {});
    await sweep();
    await answer('GetConfiguration', configuration(reported));
    await meanwhile();
    lists.service.sent.splice(0, lists.service.sent.length, asked('GetLocalListVersion'));
    await answer('GetLocalListVersion', { listVersion: 0 });
    expect(lists.service.sent).toHaveLength(1);
  });

  it('stations that take no list, and those that are still asked, do not keep others waiting', async () => {
    await lists.put('crowd', 'AAA');
    for (let index = 0; index < 2 * MAX_DUE; index += 1) {
      const ref = { tenant: 'crowd', station: `${index < MAX_DUE ? 'off' : 'asked'}-${index}` };
      await lists.service.localLists.set(ref, () => ({ mode: 'tokens', entriesPerMessage: 100 }));
      await lists.service.capabilities.onConnected([{ ...ref, protocol: 'ocpp1.6', epoch: 1, gateway: 'gw', at: '', reason: 'connected' }]);
    }
    await lists.service.database.query(
      `UPDATE transactions.capabilities SET asks = false, said = '{"listEnabled": false}' WHERE station LIKE 'off-%'`,
    );
    await lists.on('crowd');
    lists.pass(QUIET_MS + 1_000);
    await lists.service.localLists.sweep();
    expect(lists.service.sent.map(({ station }) => station)).toEqual([STATION]);
  });
});

describe('what one message may have (D01.FR.11)', () => {
  it.each<[Protocol, Reported, number | undefined, number[]]>([
    ['ocpp1.6', { SendLocalListMaxLength: '2' }, undefined, [2, 2, 1]],
    ['ocpp2.0.1', { ItemsPerMessage: '3 ' }, 2, [2, 2, 1]],
    ['ocpp2.1', { ItemsPerMessage: '2' }, 4, [2, 2, 1]],
    ['ocpp1.6', { SendLocalListMaxLength: '-1', LocalAuthListMaxLength: '' }, 4, [4, 1]],
    ['ocpp1.6', {}, undefined, [5]],
  ])('%s, station %j, operator %j: %j', async (protocol, reported, wanted, parts) => {
    const tenant = `parts-${protocol}-${parts.join('')}`;
    await tokens(tenant, 5);
    await reports(tenant, protocol, reported, wanted);
    await takesAll(protocol);
    expect(sizes()).toEqual(parts);
    expect(await lists.show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('BytesPerMessage: no message is larger, though one entry is sent however large it is', async () => {
    await tokens('bytes', 20);
    await reports('bytes', 'ocpp2.0.1', { BytesPerMessage: '600' });
    await takesAll('ocpp2.0.1');
    const messages = lists.service.sent.filter(({ action }) => action === 'SendLocalList');
    for (const { id, action, payload } of messages)
      expect(Buffer.byteLength(JSON.stringify([2, id, action, payload]))).toBeLessThanOrEqual(600);
    expect(Math.max(...sizes())).toBeGreaterThan(1);
    expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(20);
    await tokens('byte', 2);
    lists.service.sent.length = 0;
    await reports('byte', 'ocpp2.0.1', { BytesPerMessage: '8' });
    await takesAll('ocpp2.0.1');
    expect(sizes()).toEqual([1, 1]);
  });

  it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
    'BytesPerMessage (%s): bytes are counted as they are sent, to the last one',
    async (protocol) => {
      const frames = () =>
        lists.service.sent
          .filter(({ action }) => action === 'SendLocalList')
          .map(({ id, action, payload }) => Buffer.byteLength(encodeCall(id, action, payload)));
      const sendTo = async (bytes: number): Promise<number[]> => {
        const tenant = `exact-${protocol}-${bytes}`;
        for (const idToken of ['AAA', 'BBB', 'CCC']) await lists.put(tenant, idToken, { groupId: 'Grüße' });
        lists.service.sent.length = 0;
        await reports(tenant, protocol, { BytesPerMessage: String(bytes) });
        await takesAll(protocol);
        return frames();
      };
      const [all = 0, ...none] = await sendTo(9_999);
      expect(none).toEqual([]);
      expect(await sendTo(all)).toEqual([all]);
      const fewer = await sendTo(all - 1);
      expect(fewer).toHaveLength(2);
      expect(Math.max(...fewer)).toBeLessThan(all);
    },
  );

  it('a limit that only a full report tells holds from the next message on', async () => {
    await tokens('told', 5);
    await reports('told', 'ocpp2.0.1', { Enabled: 'true' });
    const limit = { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'ItemsPerMessage' }, variableAttribute: [{ value: '2' }] };
    const message = { ref: { tenant: 'told', station: STATION }, payload: { reportData: [limit] } };
    await lists.service.capabilities.observeReports([message as unknown as StationMessage<never>]);
    await takesAll('ocpp2.0.1');
    expect(sizes()).toEqual([2, 2, 1]);
    expect(await lists.show('told')).toMatchObject({ state: 'in-sync', stationSays: { entriesPerMessage: 2 } });
  });
});

describe('a list that is longer than the station takes (D01.FR.12)', () => {
  it('is not sent, not even in part, and its state shows that; it is sent once it is short enough', async () => {
    await tokens('long', 4);
    await reports('long', 'ocpp1.6', { LocalAuthListMaxLength: '3' });
    await sweep();
    await answer('GetLocalListVersion', { listVersion: 0 });
    expect(sizes()).toEqual([]);
    const outcome = 'more than the 3 tokens that the station takes';
    expect(await lists.show('long')).toMatchObject({ state: 'too-long', lastOutcome: outcome, entries: 4, stationSays: { maxEntries: 3 } });
    await lists.remove('long', 'TOKEN-0');
    await sweep();
    expect(sizes()).toEqual([]); // counted again after an hour, after a new report or a reconnection
    lists.pass(TOO_MANY_MS);
    await sweep();
    expect(sizes()).toEqual([3]);
    await answer('SendLocalList', { status: 'Accepted' });
    expect(await lists.show('long')).toMatchObject({ state: 'in-sync' });
    await lists.put('long', 'ONE-MORE');
    await sweep();
    expect(sizes()).toEqual([3]);
    expect(await lists.show('long')).toMatchObject({ state: 'too-long' });
    await lists.remove('long', 'TOKEN-1');
    await connect('long', 'ocpp1.6');
    await sweep();
    await answer('GetConfiguration', configuration({ LocalAuthListMaxLength: '3' }));
    await sweep();
    await answer('GetLocalListVersion', { listVersion: (await lists.show('long')).reportedVersion });
    expect(sizes()).toEqual([3, 2]); // the Differential: one more, and one less
  });

  it('2.x: the room is the maxLimit of its entries, as a report has it', async () => {
    await tokens('report', 4);
    await lists.on('report');
    await connect('report', 'ocpp2.1');
    await sweep();
    await answer('GetVariables', variables({ Enabled: 'true' }));
    await answer('GetReport', { status: 'Accepted' });
    await sweep();
    expect(sent()).toBe(false); // the report is still to come
    const entries = { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Entries' }, variableCharacteristics: { maxLimit: 3 } };
    const message = { ref: { tenant: 'report', station: STATION }, payload: { reportData: [entries] } };
    await lists.service.capabilities.observeReports([message as unknown as StationMessage<never>]);
    await sweep();
    await answer('GetLocalListVersion', { versionNumber: 0 });
    expect(sizes()).toEqual([]);
    expect(await lists.show('report')).toMatchObject({ state: 'too-long', stationSays: { maxEntries: 3 } });
  });

  it('counts no tokens that the list would not have: of other places, prepaid, longer than 1.6 allows', async () => {
    await tokens('counted', 3);
    await lists.put('counted', 'ELSEWHERE', { allowedAt: [{ station: 'CS-2' }] });
    await lists.put('counted', 'PREPAID', { prepaid: { credit: '5' } });
    await lists.put('counted', 'A-TOKEN-OF-AN-APP-THAT-IS-TOO-LONG');
    await reports('counted', 'ocpp1.6', { LocalAuthListMaxLength: '3' });
    await takesAll();
    expect(sizes()).toEqual([3]);
    expect(await lists.show('counted')).toMatchObject({ state: 'in-sync', entries: 3 });
  });
});

it.each(['error', 'unknown', 'expired', 'busy'] as const)('a station whose answer ends so is sent its list as ever: %s', async (status) => {
  await tokens(status, 2);
  await lists.on(status);
  await connect(status, 'ocpp1.6');
  await sweep();
  await end(asked('GetConfiguration'), { status, error: status === 'error' ? { code: 'NotSupported', description: '' } : null });
  await takesAll();
  expect(await lists.show(status)).toMatchObject({ state: 'in-sync' });
});
