import type { ForeignStation, ProtocolName } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { Session, authorized, status } from './session';

const token: string = TOKENS.VALID;

export function remote(world: () => World, protocol: ProtocolName): void {
  it('TC_F_01_CSMS starts from afar where the cable is in', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    await session.sendEvent('Started', 'CablePluggedIn', { charging: 'EVConnected', evse: true, drawnWh: 0 });
    const remoteStartId = await started(world(), station, session.transactionId);
    expect(await session.sendEvent('Updated', 'RemoteStart', { token, remoteStartId })).toMatchObject({ status: 'Accepted' });
    await session.sendEvent('Updated', 'ChargingStateChanged', { charging: 'Charging', drawnWh: 10 });
    await world().transaction(station, { state: 'active', idToken: token, evse: 1 });
  });

  it.each([
    ['TC_F_02_CSMS', 'asks about the token again', true],
    ['TC_F_03_CSMS', 'takes the word of the operator', false],
  ])('%s starts from afar before the cable is in, at a station that %s', async (_case, _title, asksAgain) => {
    const station = await world().booted(protocol);
    const remoteStartId = await started(world(), station);
    if (asksAgain) expect(await authorized(station, token)).toMatchObject({ status: 'Accepted' });
    const session = new Session(station);
    expect(await session.sendEvent('Started', 'RemoteStart', { token, remoteStartId })).toMatchObject({ status: 'Accepted' });
    await status(station, 'Occupied');
    await session.sendEvent('Updated', 'CablePluggedIn', { charging: 'EVConnected', evse: true, drawnWh: 0 });
    await session.sendEvent('Updated', 'ChargingStateChanged', { charging: 'Charging', drawnWh: 10 });
    await world().transaction(station, { state: 'active', idToken: token, evse: 1 });
  });

  it('TC_F_04_CSMS shows the session that ended because no cable was plugged in', async () => {
    const station = await world().booted(protocol);
    const remoteStartId = await started(world(), station);
    const session = new Session(station);
    await session.sendEvent('Started', 'RemoteStart', { token, remoteStartId });
    await session.sendEvent('Ended', 'EVConnectTimeout', { stopped: 'Timeout' });
    await world().transaction(station, { state: 'ended', stopReason: 'Timeout', idToken: token });
  });
}

/** Starts remotely. The call to the station names the driver, the EVSE and a number of its own, which is returned. */
async function started(world: World, station: ForeignStation, transactionId?: string): Promise<number> {
  const response = { status: 'Accepted', ...(transactionId === undefined ? {} : { transactionId }) };
  const call = await world.remoteStart(station, token, response);
  expect(call).toEqual({ idToken: { idToken: token, type: 'ISO14443' }, evseId: 1, remoteStartId: expect.any(Number) });
  return call['remoteStartId'] as number; // the line above has seen it
}
