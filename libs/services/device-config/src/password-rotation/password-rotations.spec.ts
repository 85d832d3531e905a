import type { CommandRequest, Protocol } from '@voltbus/contracts';
import { CONFIRM_MS, EXPIRE_MS, FIRST_RETRY_MS, LOST_RESULT_MS, MAX_TRIES, NOT_SENT_RETRY_MS, RECONNECT_MS, REPUBLISH_MS } from './limits';
import { BY, RotationFixture, hashOf, passwordIn } from './testing/rotation-fixture';

let fixture: RotationFixture;
beforeAll(async () => {
  fixture = await RotationFixture.start();
});
afterAll(() => fixture?.close());

const rotating = (name: string, protocol?: Protocol) => fixture.rotating(name, protocol);
const sentTo = (name: string) => fixture.sentTo(name);
/** So long before an instant, whatever a slow machine makes of it. */
const MARGIN_MS = 10_000;
const eventsOf = (name: string) => fixture.eventsOf(name);

describe('A01: the rotation of a password', () => {
  it('sends a key of 20 bytes, sealed, and accepts both until the station has come with the new one', async () => {
    const one = await rotating('taken');
    expect(one.command).toMatchObject({ action: 'ChangeConfiguration', payload: { key: 'AuthorizationKey' } });
    expect(one.password).toMatch(/^[0-9a-f]{40}$/);
    expect(JSON.stringify(one.command)).not.toContain(one.password);
    expect(await one.accepts()).toEqual([true, true]);
    await one.end({ response: { status: 'Accepted' } });
    expect(await one.accepts()).toEqual([true, true]);
    await one.connect();
    expect(await one.accepts()).toEqual([false, true]);
    expect(await one.find()).toMatchObject({ state: 'done', sealed: null });
    expect(await eventsOf('taken')).toEqual([['password-rotated', null]]);
  });

  it('accepts a 1.6 key as the 20 bytes that its digits stand for too', async () => {
    const one = await rotating('bytes');
    const [profile] = await fixture.service.profilesOf([one.ref]);
    expect(profile?.keyHashes).toContain(hashOf(one.ref, Buffer.from(one.password, 'hex')));
  });

  it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('A01.FR.02: sets BasicAuthPassword of SecurityCtrlr (%s)', async (protocol) => {
    const one = await rotating(`of-${protocol}`, protocol);
    const named = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
    expect(one.command).toMatchObject({ action: 'SetVariables', payload: { setVariableData: [named] } });
    expect(one.password).toMatch(/^[0-9a-f]{40}$/); // A00.FR.205: 16 to 40 characters
    await one.end({ response: { setVariableResult: [{ attributeStatus: 'Accepted', ...named }] } });
    await one.connect();
    expect(await one.accepts()).toEqual([false, true]);
  });

  it.each<[string, Protocol, object]>([
    ['Rejected', 'ocpp1.6', { response: { status: 'Rejected' } }],
    ['NotSupported', 'ocpp1.6', { response: { status: 'NotSupported' } }],
    ['NotImplemented', 'ocpp1.6', { status: 'error', error: { code: 'NotImplemented', description: '' } }],
    ['Rejected', 'ocpp2.0.1', { response: { setVariableResult: [{ attributeStatus: 'Rejected' }] } }],
    ['UnknownVariable', 'ocpp2.1', { response: { setVariableResult: [{ attributeStatus: 'UnknownVariable' }] } }],
  ])('A01.FR.04: keeps the old one and forgets the new one after %s (%s)', async (said, protocol, outcome) => {
    const name = `refused-${said}-${protocol}`;
    const one = await rotating(name, protocol);
    await one.end(outcome);
    expect(await one.accepts()).toEqual([true, false]);
    expect(await one.find()).toMatchObject({ state: 'refused', sealed: null });
    expect(await eventsOf(name)).toMatchObject([['password-rotation-refused', expect.stringContaining(said)]]);
  });

  it('keeps both without an answer, repeats the same password, and waits for an operator in the end', async () => {
    const one = await rotating('silent');
    await one.end({ status: 'unknown' });
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      expect(await one.later(FIRST_RETRY_MS * tries - 60_000)).toMatchObject({ state: 'unconfirmed', tries });
      expect(await one.later(60_000)).toMatchObject({ state: 'sent' });
      const again = sentTo('silent').at(-1) as CommandRequest;
      expect(again.id).not.toBe(one.command.id);
      expect(passwordIn(one.ref, again)).toBe(passwordIn(one.ref, one.command));
      await one.end({ status: 'unknown' }, again);
    }
    expect(await one.find()).toMatchObject({ state: 'unconfirmed', tries: MAX_TRIES, nextAt: null });
    await fixture.rotations.start(one.ref, BY);
    await fixture.rotations.sweep();
    const last = sentTo('silent').at(-1) as CommandRequest;
    expect(sentTo('silent')).toHaveLength(MAX_TRIES + 1);
    await one.end({ response: { status: 'Rejected' } }, last);
    expect(await one.find()).toMatchObject({ state: 'unconfirmed' });
    expect(await one.accepts()).toEqual([true, true]); // an attempt before may have been taken
    expect(await eventsOf('silent')).toHaveLength(1);
  });

  it('has the connection closed that a station keeps with its old password, and is unconfirmed where it does not use the new one', async () => {
    const one = await rotating('stays');
    await one.end({ response: { status: 'Accepted' } });
    expect(await one.later(RECONNECT_MS - MARGIN_MS)).toMatchObject({ state: 'accepted', closed: false });
    expect(await one.later(MARGIN_MS)).toMatchObject({ state: 'accepted', closed: true });
    expect(await one.later(CONFIRM_MS - RECONNECT_MS - MARGIN_MS)).toMatchObject({ state: 'accepted' });
    expect(await eventsOf('stays')).toEqual([]);
    expect(await one.later(MARGIN_MS)).toMatchObject({ state: 'unconfirmed', nextAt: null });
    expect(await one.accepts()).toEqual([true, true]);
    expect(await eventsOf('stays')).toEqual([['password-rotation-unconfirmed', expect.stringContaining('has not connected with it')]]);
    await one.connect();
    expect(await one.accepts()).toEqual([false, true]);
    expect(await one.find()).toMatchObject({ state: 'done' });
  });

  it('counts a result that never came as no answer, and says so', async () => {
    const one = await rotating('lost');
    expect(await one.later(LOST_RESULT_MS - MARGIN_MS)).toMatchObject({ state: 'sent' });
    expect(await one.later(MARGIN_MS)).toMatchObject({ state: 'unconfirmed', mayHaveIt: true });
    expect(await eventsOf('lost')).toEqual([['password-rotation-unconfirmed', 'no result came']]);
  });

  it('is sent again after a command that was not sent, and ends where a station never comes', async () => {
    const one = await rotating('away');
    await one.end({ status: 'offline', sentAt: null });
    expect(await one.later(NOT_SENT_RETRY_MS - MARGIN_MS)).toMatchObject({ state: 'waiting', tries: 0 });
    await fixture.service.database.query(`UPDATE device_config.stations SET online = false WHERE station = 'away'`);
    expect(await one.later(EXPIRE_MS - 2 * NOT_SENT_RETRY_MS)).toMatchObject({ state: 'waiting' });
    expect(await one.accepts()).toEqual([true, true]);
    expect(await one.later(2 * NOT_SENT_RETRY_MS)).toMatchObject({ state: 'expired', sealed: null });
    expect(await one.accepts()).toEqual([true, false]);
    expect(sentTo('away')).toHaveLength(1);
  });

  it('publishes a stored command again, under its id, when its process may have died before the bus had it', async () => {
    const one = await rotating('died');
    await fixture.service.database.query(`UPDATE device_config.password_rotations SET published = false WHERE station = 'died'`);
    await one.later(REPUBLISH_MS - MARGIN_MS);
    expect(sentTo('died')).toHaveLength(1);
    await one.later(MARGIN_MS);
    expect(sentTo('died')).toEqual([one.command, one.command]);
    await one.later(REPUBLISH_MS);
    expect(sentTo('died')).toHaveLength(2);
  });

  it.each(['sent', 'accepted', 'waiting'])('is not begun anew while it is %s', async (state) => {
    const one = await rotating(`open-${state}`);
    if (state === 'accepted') await one.end({ response: { status: 'Accepted' } });
    if (state === 'waiting') await one.end({ status: 'offline', sentAt: null });
    await expect(fixture.rotations.start(one.ref, BY)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(state) });
    expect(sentTo(`open-${state}`)).toEqual([one.command]);
  });

  it('ends where an operator sets another password, which alone is accepted', async () => {
    const one = await rotating('reset');
    await fixture.service.stations.put(one.ref, { password: 'a third password of it' });
    expect(await one.accepts()).toEqual([false, false]);
    await fixture.rotations.sweep();
    expect(await one.find()).toMatchObject({ state: 'superseded', sealed: null });
    await one.connect(); // the event of a connection from before
    expect(await one.accepts()).toEqual([false, false]);
    await fixture.rotations.start(one.ref, BY);
    expect(await one.find()).toMatchObject({ state: 'sent' });
  });

  it('changes nothing when an event or a result comes twice, or of another command', async () => {
    const one = await rotating('twice');
    await one.end({ id: '0e3c6d0e-8f0a-4f6e-9a44-0c1f5a3f1a01', response: { status: 'Rejected' } });
    expect(await one.find()).toMatchObject({ state: 'sent' });
    for (const _ of [1, 2]) await one.end({ response: { status: 'Accepted' } });
    await one.end({ response: { status: 'Rejected' } }, one.command);
    expect(await one.find()).toMatchObject({ state: 'accepted' });
    for (const _ of [1, 2]) await one.connect();
    expect(await one.find()).toMatchObject({ state: 'done' });
    expect(await eventsOf('twice')).toHaveLength(1);
  });
});

describe('what an operator decides of an open rotation', () => {
  it.each([
    ['new', 'done', [false, true]],
    ['old', 'cancelled', [true, false]],
  ] as const)('accepts the %s password alone', async (keep, state, accepted) => {
    const one = await rotating(`keeps-${keep}`);
    await one.end({ status: 'unknown' });
    expect(await fixture.rotations.decide(one.ref, keep)).toMatchObject({ state, sealed: null, reason: 'an operator decided' });
    expect(await one.accepts()).toEqual(accepted);
    await expect(fixture.rotations.decide(one.ref, keep)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is refused while the answer is awaited, and for a password that was never sent', async () => {
    const one = await rotating('undecided');
    await expect(fixture.rotations.decide(one.ref, 'old')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('awaited'),
    });
    await one.end({ status: 'offline', sentAt: null });
    await expect(fixture.rotations.decide(one.ref, 'new')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('not sent'),
    });
    expect(await fixture.rotations.decide(one.ref, 'old')).toMatchObject({ state: 'cancelled' });
    await expect(fixture.rotations.decide({ ...one.ref, station: 'nobody' }, 'old')).rejects.toMatchObject({ code: 'unknown-station' });
  });
});
