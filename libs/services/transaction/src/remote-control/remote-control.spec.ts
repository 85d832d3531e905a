import { randomUUID } from 'node:crypto';
import { COMMAND_RESULTS, CsmsError, PROTOCOLS, type Command, type Protocol } from '@voltbus/contracts';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { checkRequest } from '@voltbus/ocpp';
import type { CommandToSend } from '@voltbus/service';
import { STOP_WAIT_MS } from './domain/remote-stop';
import { RemoteControl } from './remote-control';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.tokenStore.put('default', {
    idToken: 'Tag-1',
    type: 'ISO14443',
    status: 'Accepted',
    groupId: null,
    expiresAt: null,
    concurrent: true,
  });
});
afterAll(() => service?.close());

const REJECTED = { status: 'answered', response: { status: 'Rejected' }, error: null } as const;

interface World {
  now?: () => Date;
  drawId?: () => number;
  /** What happens to a command before whoever wished it is answered. */
  accepted?(command: Command): Promise<void>;
}

/** The router, which only records what is sent; and a registry that knows one station's version. */
function remote(
  online: Protocol | null | Error,
  { now = () => new Date(), drawId = () => 4711, accepted }: World = {},
): { control: RemoteControl; wished: CommandToSend[] } {
  const sentCommands: CommandToSend[] = [];
  const sendCommand = async (change: CommandToSend): Promise<Command> => {
    sentCommands.push(change);
    const { id = 'none', ref, action, payload } = change;
    const nothing = { response: null, error: null, createdAt: '', sentAt: null, endedAt: null };
    const command: Command = { id, ...ref, action, payload, status: 'queued', ...nothing };
    await accepted?.(command);
    return command;
  };
  const find = () =>
    online instanceof Error
      ? Promise.reject(online)
      : Promise.resolve(online === null ? null : { inst: 'gw', bucket: 0, epoch: 1, protocol: online, lastSeenAt: 0 });
  const parts = {
    commands: { sendCommand },
    connections: { find },
    tokens: service.tokenStore,
    stops: service.stops,
    starts: service.starts,
    targets: service.targets,
    drawId,
    now,
  };
  return { control: new RemoteControl(parts), wished: sentCommands };
}
const ref = (station: string) => ({ tenant: 'default', station });
/** The router publishes the end of a command. */
function ended(command: Partial<Command>): Promise<void> {
  const at = new Date().toISOString();
  const nothing = { payload: {}, status: 'answered', response: null, error: null, createdAt: at, sentAt: null } as const;
  const value = { tenant: 'default', station: 'CS-1', ...nothing, ...command, createdAt: at, endedAt: at };
  return service.deliver(COMMAND_RESULTS.events.ended, value, { station: value.station });
}
const asking = (id: string = randomUUID()) => ({ id, requestedBy: 'api' });

describe('remote start', () => {
  it.each([
    ['ocpp1.6', 'RemoteStartTransaction', { idTag: 'Tag-1', connectorId: 2 }],
    ['ocpp2.0.1', 'RequestStartTransaction', { idToken: { idToken: 'Tag-1', type: 'ISO14443' }, remoteStartId: 4711, evseId: 2 }],
    ['ocpp2.1', 'RequestStartTransaction', { idToken: { idToken: 'Tag-1', type: 'ISO14443' }, remoteStartId: 4711, evseId: 2 }],
  ] as const)('F01, 1.6 section 5.11 speaks %s', async (protocol, action, payload) => {
    const { control, wished: sentCommands } = remote(protocol);
    const station = ref(`online-${protocol}`);
    const asked = asking();
    await expect(control.start(station, { idToken: 'tag-1', evse: 2 }, asked)).resolves.toMatchObject({ action, status: 'queued' });
    expect(sentCommands).toEqual([{ ...asked, ref: station, action, payload }]);
    expect(checkRequest(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
  });

  it('C05 sends a token that is not kept here as Central, and has it accepted when the station asks', async () => {
    const { control, wished: sentCommands } = remote('ocpp2.1');
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
    const { control, wished: sentCommands } = remote(null);
    await control.start(ref('away'), { idToken: 'Tag-1', evse: null }, asking());
    expect(sentCommands[0]?.action).toBe('RemoteStartTransaction');
  });

  it('is unavailable while the registry is', async () => {
    const { control } = remote(new ConnectionsUnavailable());
    await expect(control.start(ref('online'), { idToken: 'Tag-1', evse: 1 }, asking())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a start that was paid for beforehand', () => {
  it('C24 is a token of type DirectPayment, good for this start: its session is accepted, and no other', async () => {
    const { control, wished: sentCommands } = remote('ocpp2.1');
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
    const { control, wished: sentCommands } = remote(protocol);
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
    const { control } = remote(protocol);
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
    await ended({ id, action: 'RequestStartTransaction', ...end });
    expect(await follow()).toMatchObject(expected);
    await expect(control.follow('other', id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that the station refuses at once is refused: the request is stored before its command is sent', async () => {
    const { control } = remote('ocpp2.1', { accepted: (command) => ended({ ...command, ...REJECTED }) });
    const { id } = await control.start(ref('quick-no'), { idToken: 'Tag-1', evse: 1 }, asking());
    expect(await control.follow('default', id)).toMatchObject({ state: 'refused', refusal: 'Rejected' });
  });

  it('F01: is the same one when its id is repeated, and a conflict with another content', async () => {
    let drawn = 100;
    const { control, wished: sentCommands } = remote('ocpp2.1', { drawId: () => (drawn += 1) });
    const asked = asking();
    const change = { idToken: 'Tag-1', evse: 1, limit: { maxCost: '5.00' } };
    const first = await control.start(ref('twice'), change, asked);
    expect(await control.start(ref('twice'), change, asked)).toEqual(first);
    expect(sentCommands).toHaveLength(2);
    expect(sentCommands[1]).toEqual(sentCommands[0]); // the router knows it by its id
    for (const other of [{ evse: 2 }, { idToken: 'Tag-2' }, { limit: { maxCost: '6.00' } }])
      await expect(control.start(ref('twice'), { ...change, ...other }, asked)).rejects.toMatchObject({ code: 'conflict' });
    await expect(control.start(ref('elsewhere'), change, asked)).rejects.toMatchObject({ code: 'conflict' });
    expect(sentCommands).toHaveLength(2);
  });

  it('C05: that nobody took vouches for no token and is followed by nobody', async () => {
    const { control } = remote('ocpp2.1', { accepted: () => Promise.reject(new CsmsError('unavailable', '')) });
    const asked = asking();
    await expect(control.start(ref('untaken'), { idToken: 'STRANGER', evse: 1 }, asked)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(control.follow('default', asked.id)).rejects.toMatchObject({ code: 'not-found' });
    const request = { idToken: { idToken: 'STRANGER', type: 'Central' } };
    expect(await service.receive({ protocol: 'ocpp2.1', station: 'untaken' }, 'Authorize', request)).toEqual({
      idTokenInfo: { status: 'Invalid' },
    });
  });

  it('quirk 58: nothing within five minutes is no transaction, until a station that was offline tells of one', async () => {
    const { control, wished: sentCommands } = remote('ocpp2.0.1', { now: () => new Date(Date.now() - 301_000) });
    const { id } = await control.start(ref('late'), { idToken: 'Tag-1', evse: null }, asking());
    expect(sentCommands).toHaveLength(1);
    const { control: now } = remote('ocpp2.0.1');
    expect(await now.follow('default', id)).toMatchObject({ state: 'no-transaction', transaction: null });
    await event2('late', 0, 4711);
    expect(await now.follow('default', id)).toMatchObject({ state: 'started' });
  });
});

describe('remote stop', () => {
  it.each(PROTOCOLS)('F03, 1.6 section 5.12 names the transaction as the station does, in %s', async (protocol) => {
    const station = `stop-${protocol}`;
    const timestamp = new Date().toISOString();
    if (protocol === 'ocpp1.6')
      await service.receive({ protocol, station }, 'StartTransaction', { connectorId: 1, idTag: 'TAG-1', meterStart: 0, timestamp });
    else
      await service.receive({ protocol, station }, 'TransactionEvent', {
        eventType: 'Started',
        timestamp,
        triggerReason: 'Authorized',
        seqNo: 0,
        transactionInfo: { transactionId: 'T-1' },
      });
    const [transaction] = await service.transactionsOf(station);
    const { control, wished: sentCommands } = remote(null);
    await control.stop('default', transaction?.id ?? '', asking());
    const transactionId = protocol === 'ocpp1.6' ? Number(transaction?.ocppTransactionId) : 'T-1';
    expect(sentCommands).toMatchObject([{ ref: ref(station), payload: { transactionId } }]);
    expect(checkRequest(protocol, sentCommands[0]?.action ?? '', sentCommands[0]?.payload, 'strict')).toMatchObject({ ok: true });
  });

  it("refuses what is not there, is another tenant's or has ended", async () => {
    const { control, wished: sentCommands } = remote('ocpp1.6');
    await service.receive({ protocol: 'ocpp1.6', station: 'over' }, 'StopTransaction', {
      transactionId: 9,
      meterStop: 0,
      timestamp: new Date().toISOString(),
    });
    const [over] = await service.transactionsOf('over');
    await expect(control.stop('default', over?.id ?? '', asking())).rejects.toMatchObject({ code: 'conflict' });
    await expect(control.stop('other', over?.id ?? '', asking())).rejects.toMatchObject({ code: 'not-found' });
    await expect(control.stop('default', '00000000-0000-0000-0000-000000000000', asking())).rejects.toMatchObject({ code: 'not-found' });
    expect(sentCommands).toEqual([]);
  });

  const charging = async (station: string): Promise<string> => {
    await service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      ...{ eventType: 'Started', timestamp: new Date(Date.now() - 60_000).toISOString(), triggerReason: 'Authorized', seqNo: 0 },
      transactionInfo: { transactionId: 'T-1' },
    });
    return (await service.transactionsOf(station))[0]?.id ?? '';
  };
  const end = (station: string) =>
    service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
      ...{ eventType: 'Ended', timestamp: new Date().toISOString(), triggerReason: 'RemoteStop', seqNo: 1 },
      transactionInfo: { transactionId: 'T-1', stoppedReason: 'Remote' },
    });

  it('F03.FR.01, 1.6 section 5.12: is followed to the end of the transaction', async () => {
    const transaction = await charging('followed');
    const { control } = remote('ocpp2.0.1');
    const { id } = await control.stop('default', transaction, asking());
    expect(await control.followStop('default', id)).toMatchObject({ station: 'followed', transaction, state: 'waiting', endedAt: null });
    await end('followed');
    const [{ endedAt } = { endedAt: null }] = await service.transactionsOf('followed');
    expect(await control.followStop('default', id)).toMatchObject({ state: 'stopped', endedAt });
    await expect(control.followStop('other', id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that the station refuses is refused, until the transaction ends all the same', async () => {
    const { control } = remote('ocpp2.0.1');
    const { id } = await control.stop('default', await charging('refuses'), asking());
    await ended({ id, action: 'RequestStopTransaction', ...REJECTED });
    expect(await control.followStop('default', id)).toMatchObject({ state: 'refused', refusal: 'Rejected' });
    await end('refuses');
    expect(await control.followStop('default', id)).toMatchObject({ state: 'stopped' });
  });

  it('that the station refuses at once is refused: the request is stored before its command is sent', async () => {
    const { control } = remote('ocpp2.0.1', { accepted: (command) => ended({ ...command, ...REJECTED }) });
    const { id } = await control.stop('default', await charging('quick'), asking());
    expect(await control.followStop('default', id)).toMatchObject({ station: 'quick', state: 'refused', refusal: 'Rejected' });
  });

  it('is the same one when its id is repeated, also after the transaction has ended', async () => {
    const { control, wished: sentCommands } = remote('ocpp2.0.1');
    const transaction = await charging('again');
    const [once, other] = [asking(), asking()];
    await control.stop('default', transaction, once);
    await end('again');
    await expect(control.stop('default', transaction, once)).resolves.toMatchObject({ id: once.id });
    await expect(control.stop('default', transaction, other)).rejects.toMatchObject({ code: 'conflict' });
    expect(sentCommands).toHaveLength(2);
    expect(sentCommands[1]).toEqual(sentCommands[0]); // the router knows it by its id
  });

  it('that nobody took is followed by nobody', async () => {
    const { control } = remote('ocpp2.0.1', { accepted: () => Promise.reject(new CsmsError('unavailable', '')) });
    const asked = asking();
    await expect(control.stop('default', await charging('untaken'), asked)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(control.followStop('default', asked.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that leads to no end within five minutes has led to none so far', async () => {
    const { control: before } = remote('ocpp2.0.1', { now: () => new Date(Date.now() - STOP_WAIT_MS - 1_000) });
    const { id } = await before.stop('default', await charging('slow'), asking());
    expect(await remote('ocpp2.0.1').control.followStop('default', id)).toMatchObject({ state: 'no-end' });
  });

  it('is forgotten with the commands', async () => {
    const { control } = remote('ocpp2.0.1', { now: () => new Date(Date.now() - 31 * 86_400_000) });
    const { id } = await control.stop('default', await charging('old'), asking());
    await service.retention.run();
    await expect(control.followStop('default', id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
