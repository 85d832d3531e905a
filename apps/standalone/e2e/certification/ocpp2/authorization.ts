import type { ProtocolName } from '@voltbus/testing';
import { GROUP, MASTER_GROUP, TOKENS, type World } from '../world';
import { Session, authorized, charging, idToken } from './session';

export function authorization(world: () => World, protocol: ProtocolName): void {
  it.each([
    ['TC_C_02_CSMS', TOKENS.UNKNOWN, ['Invalid', 'Unknown']],
    ['TC_C_02_CSMS', TOKENS.INVALID, ['Invalid']],
    ['TC_C_06_CSMS', TOKENS.BLOCKED, ['Blocked']],
    ['TC_C_07_CSMS', TOKENS.EXPIRED, ['Expired']],
  ])('%s answers for %s with one of %j', async (_case, token, statuses) => {
    const station = await world().booted(protocol);
    const { status } = await authorized(station, token);
    expect(statuses).toContain(status);
  });

  it('TC_C_08_CSMS accepts, at the start, a token that the station took from its cache', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    const info = await session.sendEvent('Started', 'Authorized', { token: TOKENS.VALID, evse: true, charging: 'EVConnected' });
    expect(info).toMatchObject({ status: 'Accepted' });
    await world().transaction(station, { state: 'active', idToken: TOKENS.VALID });
  });

  it('TC_C_20_CSMS refuses, at the start, a token that the station took from its cache, and keeps the session it ends for that', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    const info = await session.sendEvent('Started', 'Authorized', { token: TOKENS.INVALID, evse: true, charging: 'EVConnected' });
    expect(info).toMatchObject({ status: 'Invalid' });
    await session.sendEvent('Ended', 'Deauthorized', { stopped: 'DeAuthorized' });
    await world().transaction(station, { state: 'ended', idToken: TOKENS.INVALID, stopReason: 'DeAuthorized' });
  });

  it('TC_C_37_CSMS clears the cache of a station', async () => {
    await world().expectAnswered(await world().booted(protocol), 'ClearCache', {}, { status: 'Accepted' });
  });

  it('TC_C_38_CSMS shows that a station would not clear its cache', async () => {
    await world().expectAnswered(await world().booted(protocol), 'ClearCache', {}, { status: 'Rejected' });
  });

  it('TC_C_39_CSMS names the group of a token, so that another of the group may stop', async () => {
    const station = await world().booted(protocol);
    const groupIdToken = { idToken: GROUP };
    expect(await authorized(station, TOKENS.GROUP_ONE)).toMatchObject({ status: 'Accepted', groupIdToken });
    const session = await charging(station, TOKENS.GROUP_ONE);
    expect(await authorized(station, TOKENS.GROUP_TWO)).toMatchObject({ status: 'Accepted', groupIdToken });
    const info = await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.GROUP_TWO, stopped: 'Local', drawnWh: 500 });
    expect(info).toMatchObject({ status: 'Accepted', groupIdToken });
    await world().transaction(station, { state: 'ended', idToken: TOKENS.GROUP_ONE, energyWh: 500 });
  });

  it('TC_C_40_CSMS puts the group into a local list, and takes the stop of another of the group', async () => {
    const station = await world().booted(protocol);
    await world().expectAnswered(
      station,
      'SendLocalList',
      listOf([TOKENS.GROUP_ONE, 'Accepted'], [TOKENS.GROUP_TWO, 'Accepted']),
      ACCEPTED,
    );
    const session = await charging(station, TOKENS.GROUP_ONE);
    const info = await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.GROUP_TWO, stopped: 'Local', drawnWh: 500 });
    expect(info).toMatchObject({ status: 'Accepted', groupIdToken: { idToken: GROUP } });
    await world().transaction(station, { state: 'ended', idToken: TOKENS.GROUP_ONE, energyWh: 500 });
  });

  it('TC_C_43_CSMS goes on where one of the group, blocked in the local list, could not stop', async () => {
    const station = await world().booted(protocol);
    await world().expectAnswered(
      station,
      'SendLocalList',
      listOf([TOKENS.GROUP_ONE, 'Accepted'], [TOKENS.GROUP_BLOCKED, 'Blocked']),
      ACCEPTED,
    );
    const session = await charging(station, TOKENS.GROUP_ONE);
    expect(await authorized(station, TOKENS.GROUP_BLOCKED)).toMatchObject({ status: 'Blocked' });
    await session.sendEvent('Updated', 'MeterValuePeriodic', { drawnWh: 300 });
    await world().transaction(station, { state: 'active', idToken: TOKENS.GROUP_ONE, energyWh: 300 });
  });

  it.each([
    ['TC_C_47_CSMS', 'all', 2],
    ['TC_C_48_CSMS', 'the one chosen of', 1],
    ['TC_C_49_CSMS', 'at once all', 2],
  ])('%s lets the master pass end %s the sessions of a station', async (_case, _title, many) => {
    const station = await world().booted(protocol);
    const sessions = [await charging(station), await charging(station, TOKENS.GROUP_ONE)];
    expect(await authorized(station, TOKENS.MASTER)).toMatchObject({ status: 'Accepted', groupIdToken: { idToken: MASTER_GROUP } });
    for (const session of sessions.slice(0, many)) {
      const info = await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.MASTER, stopped: 'MasterPass', drawnWh: 500 });
      expect(info).toMatchObject({ status: 'Accepted', groupIdToken: { idToken: MASTER_GROUP } });
    }
    const known = await world().transactions(station.options.station);
    expect(known.filter(({ stopReason }) => stopReason === 'MasterPass')).toHaveLength(many);
    expect(known.filter(({ state }) => state === 'active')).toHaveLength(2 - many);
    expect(known.map((one) => one.idToken).sort()).toEqual([TOKENS.GROUP_ONE, TOKENS.VALID]);
  });
}

const ACCEPTED = { status: 'Accepted' };

function listOf(...entries: [token: string, status: string][]) {
  const groupIdToken = { idToken: GROUP, type: 'Central' };
  const localAuthorizationList = entries.map(([token, status]) => ({ idToken: idToken(token), idTokenInfo: { status, groupIdToken } }));
  return { versionNumber: 1, updateType: 'Full', localAuthorizationList };
}
