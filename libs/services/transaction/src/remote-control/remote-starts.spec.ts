import { CsmsError, type Command, type Protocol } from '@voltbus/contracts';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { checkRequest } from '@voltbus/ocpp';
import type { ServiceFixture } from '../testing/service-fixture';
import { REJECTED, asking, ended, ref, remote, startWithToken } from './testing/remote-control-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startWithToken();
});
afterAll(() => service?.close());

describe('remote start', () => {
  it.each([
    ['ocpp1.6', 'RemoteStartTransaction', { idTag: 'Tag-1', connectorId: 2 }],
    ['ocpp2.0.1', 'RequestStartTransaction', { idToken: { idToken: 'Tag-1', type: 'ISO14443' }, remoteStartId: 4711, evseId: 2 }],
    ['ocpp2.1', 'RequestStartTransaction', { idToken: { idToken: 'Tag-1', type: 'ISO14443' }, remoteStartId: 4711, evseId: 2 }],
  ] as const)('F01, 1.6 section 5.11 speaks %s', async (protocol, action, payload) => {
    const { control, wished: sentCommands } = remote(service, protocol);
    const station = ref(`online-${protocol}`);
    const asked = asking();
    await expect(control.start(station, { idToken: 'tag-1', evse: 2 }, asked)).resolves.toMatchObject({ action, status: 'queued' });
    expect(sentCommands).toEqual([{ ...asked, ref: station, action, payload }]);
    expect(checkRequest(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
  });

  it('C05 sends a token that is not kept here as Central, and has it accepted when the station asks', async () => {
    const { control, wished: sentCommands } = remote(service, 'ocpp2.1');
    await control.start(ref('guest'), { idToken: 'GUEST', evse: null }, asking());
    expect(sentCommands[0]?.payload).toEqual({ idToken: { idToken: 'GUEST', type: 'Central' }, remoteStartId: 4711 });
    expect(
      await service.receive({ protocol: 'ocpp2.1', station: 'guest' }, 'Authorize', { idToken: { idToken: 'guest', type: 'Central' } }),
    ).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(
      await service.receive({ protocol: 'ocpp2.1', station: 'other' }, 'Authorize', { idToken: { idToken: 'guest', type: 'Central' } }),
    ).toEqual({ idTokenInfo: { status: 'Invalid' } });
  });

  it('speaks the version a station last charged in while it is away', async () => {
    await service.receive({ protocol: 'ocpp1.6', station: 'away' }, 'StartTransaction', {
      connectorId: 1,
      idTag: 'TAG-1',
      meterStart: 0,
      timestamp: new Date().toISOString(),
    });
    const { control, wished: sentCommands } = remote(service, null);
    await control.start(ref('away'), { idToken: 'Tag-1', evse: null }, asking());
    expect(sentCommands[0]?.action).toBe('RemoteStartTransaction');
  });

  it('is unavailable while the registry is', async () => {
    const { control } = remote(service, new ConnectionsUnavailable());
    await expect(control.start(ref('online'), { idToken: 'Tag-1', evse: 1 }, asking())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a start that was paid for beforehand', () => {
  it('C24 is a token of type DirectPayment, good for this start: its session is accepted, and no other', async () => {
    const { control, wished: sentCommands } = remote(service, 'ocpp2.1');
    await control.start(ref('terminal'), { idToken: 'psp-77', evse: 1, paid: true, limit: { maxCost: '25.00' } }, asking());
    expect(sentCommands[0]?.payload).toEqual({ idToken: { idToken: 'psp-77', type: 'DirectPayment' }, remoteStartId: 4711, evseId: 1 });
    expect(checkRequest('ocpp2.1', 'RequestStartTransaction', sentCommands[0]?.payload, 'strict')).toMatchObject({ ok: true });
    const began = (station: string) =>
      service.receive({ protocol: 'ocpp2.1', station }, 'TransactionEvent', {
        ...{ eventType: 'Started', timestamp: new Date().toISOString(), triggerReason: 'RemoteStart', seqNo: 0 },
        transactionInfo: { transactionId: 'T', remoteStartId: 4711 },
        idToken: { idToken: 'psp-77', type: 'DirectPayment' },
      });
    expect(await began('terminal')).toMatchObject({ idTokenInfo: { status: 'Accepted' }, transactionLimit: { maxCost: 25 } });
    expect(await began('elsewhere')).toEqual({ idTokenInfo: { status: 'Invalid' } });
  });

  it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('is refused where the station has no word for it: %s', async (protocol) => {
    const { control, wished: sentCommands } = remote(service, protocol);
    await expect(control.start(ref('old'), { idToken: 'psp-78', evse: 1, paid: true }, asking())).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(sentCommands).toEqual([]);
  });
});

describe('a remote start is followed to its transaction', () => {
  const at = (): string => new Date().toISOString();
  const begin16 = (station: string, idTag: string, connectorId = 1) =>
    service.receive({ protocol: 'ocpp1.6', station }, 'StartTransaction', { connectorId, idTag, meterStart: 0, timestamp: at() });
  const event2 = (station: string, seqNo: number, remoteStartId?: number) =>
    service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      eventType: seqNo === 0 ? 'Started' : 'Updated',
      timestamp: at(),
      triggerReason: remoteStartId === undefined ? 'CablePluggedIn' : 'RemoteStart',
      seqNo,
      transactionInfo: { transactionId: 'T-1', ...(remoteStartId === undefined ? {} : { remoteStartId }) },
    });
  async function started(station: string, protocol: Protocol, evse: number | null = null) {
    const { control } = remote(service, protocol);
    const { id } = await control.start(ref(station), { idToken: 'Tag-1', evse }, asking());
    return { control, id, follow: () => control.follow('default', id) };
  }

  it.each([
    ['the transaction begins with it', [[0, 4711]]],
    ['the cable was plugged in first', [[0], [1, 4711]]],
  ] as const)('F01, F02: by the remoteStartId that the station names; %s', async (name, events) => {
    const { follow } = await started(name, 'ocpp2.0.1');
    expect(await follow()).toMatchObject({ state: 'waiting', transaction: null, idToken: 'Tag-1' });
    for (const [seqNo, remoteStartId] of events) await event2(name, seqNo, remoteStartId);
    const [transaction] = await service.transactionsOf(name);
    expect(await follow()).toMatchObject({ state: 'started', transaction: transaction?.id });
  });

  it('F01: another remoteStartId is another start, and none is none', async () => {
    const { follow } = await started('others', 'ocpp2.0.1');
    await event2('others', 0);
    await event2('others', 1, 4712);
    expect(await follow()).toMatchObject({ state: 'waiting' });
  });

  it('1.6 section 5.11: by its token and connector, once', async () => {
    const { follow } = await started('by-tag', 'ocpp1.6', 2);
    await begin16('by-tag', 'OTHER', 2);
    await begin16('by-tag', 'TAG-1', 1);
    expect(await follow()).toMatchObject({ state: 'waiting' });
    await begin16('by-tag', 'tag-1', 2);
    const [latest] = await service.transactionsOf('by-tag');
    expect(latest).toMatchObject({ idToken: 'tag-1', evse: 2 });
    expect(await follow()).toMatchObject({ state: 'started', transaction: latest?.id });
    await begin16('by-tag', 'TAG-1', 2);
    expect(await follow()).toMatchObject({ transaction: latest?.id });
  });

  it.each<[Partial<Command>, object]>([
    [
      { status: 'answered', response: { status: 'Rejected' } },
      { state: 'refused', refusal: 'Rejected' },
    ],
    [
      { status: 'error', error: { code: 'not-accepted', description: '' } },
      { state: 'refused', refusal: 'not-accepted' },
    ],
    [{ status: 'offline' }, { state: 'refused', refusal: 'offline' }],
    [
      { status: 'answered', response: { status: 'Accepted' } },
      { state: 'waiting', refusal: null },
    ],
    [{ status: 'unknown' }, { state: 'waiting', refusal: null }],
  ])('the result of its command shows whether there will be one: %j', async (end, expected) => {
    const { control, id, follow } = await started(`end-${JSON.stringify(end)}`.slice(0, 48), 'ocpp2.0.1');
    await ended(service, { id, action: 'RequestStartTransaction', ...end });
    expect(await follow()).toMatchObject(expected);
    await expect(control.follow('other', id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that the station refuses at once is refused: the request is stored before its command is sent', async () => {
    const { control } = remote(service, 'ocpp2.1', { accepted: (command) => ended(service, { ...command, ...REJECTED }) });
    const { id } = await control.start(ref('quick-no'), { idToken: 'Tag-1', evse: 1 }, asking());
    expect(await control.follow('default', id)).toMatchObject({ state: 'refused', refusal: 'Rejected' });
  });

  it('F01: is the same one when its id is repeated, and a conflict with another content', async () => {
    let drawn = 100;
    const { control, wished: sentCommands } = remote(service, 'ocpp2.1', { drawId: () => (drawn += 1) });
    const asked = asking();
    const change = { idToken: 'Tag-1', evse: 1, limit: { maxCost: '5.00' } };
    const first = await control.start(ref('twice'), change, asked);
    expect(await control.start(ref('twice'), change, asked)).toEqual(first);
    expect(sentCommands).toHaveLength(2);
    expect(sentCommands[1]).toEqual(sentCommands[0]); // the router knows it by its id
    for (const other of [{ evse: 2 }, { idToken: 'Tag-2' }, { limit: { maxCost: '6.00' } }])
      await expect(control.start(ref('twice'), { ...change, ...other }, asked)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await expect(control.start(ref('elsewhere'), change, asked)).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(sentCommands).toHaveLength(2);
  });

  it('C05: that nobody took vouches for no token and is followed by nobody', async () => {
    const { control } = remote(service, 'ocpp2.1', { accepted: () => Promise.reject(new CsmsError('unavailable', '')) });
    const asked = asking();
    await expect(control.start(ref('untaken'), { idToken: 'STRANGER', evse: 1 }, asked)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(control.follow('default', asked.id)).rejects.toMatchObject({ code: 'not-found' });
    const request = { idToken: { idToken: 'STRANGER', type: 'Central' } };
    expect(await service.receive({ protocol: 'ocpp2.1', station: 'untaken' }, 'Authorize', request)).toEqual({
      idTokenInfo: { status: 'Invalid' },
    });
  });

  it('quirk 58: nothing within five minutes is no transaction, until a station that was offline tells of one', async () => {
    const { control, wished: sentCommands } = remote(service, 'ocpp2.0.1', { now: () => new Date(Date.now() - 301_000) });
    const { id } = await control.start(ref('late'), { idToken: 'Tag-1', evse: null }, asking());
    expect(sentCommands).toHaveLength(1);
    const { control: now } = remote(service, 'ocpp2.0.1');
    expect(await now.follow('default', id)).toMatchObject({ state: 'no-transaction', transaction: null });
    await event2('late', 0, 4711);
    expect(await now.follow('default', id)).toMatchObject({ state: 'started' });
  });
});
