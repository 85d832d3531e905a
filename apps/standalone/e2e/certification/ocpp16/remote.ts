import type { ForeignStation } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { authorized, started, status, stopped } from './session';

const { VALID } = TOKENS;

export function remote(world: () => World): void {
  it('TC_010_CSMS starts from afar where the cable is in', async () => {
    const station = await world().booted('ocpp1.6');
    await status(station, 'Preparing');
    const call = await world().remoteStart(station, VALID, { status: 'Accepted' });
    expect(call).toEqual({ idTag: VALID, connectorId: 1 });
    await startedWith(world(), station, VALID);
  });

  it('TC_011_1_CSMS starts from afar before the cable is in', async () => {
    const station = await world().booted('ocpp1.6');
    await world().remoteStart(station, VALID, { status: 'Accepted' });
    await status(station, 'Preparing');
    await startedWith(world(), station, VALID);
  });

  it('TC_011_2_CSMS has no session where no cable was plugged in after the remote start', async () => {
    const station = await world().booted('ocpp1.6');
    await world().remoteStart(station, VALID, { status: 'Accepted' });
    await status(station, 'Preparing');
    await status(station, 'Available');
    await world().connectorShown(station, 'Available');
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it('TC_012_CSMS stops from afar, with the id it gave', async () => {
    const station = await world().booted('ocpp1.6');
    const { transactionId } = await started(station);
    const { id } = await world().transaction(station, { state: 'active' });
    expect(await world().remoteStop(station, id, { status: 'Accepted' })).toEqual({ transactionId });
    await stopped(station, transactionId, { reason: 'Remote' });
    await world().transaction(station, { state: 'ended', stopReason: 'Remote' });
  });

  it('TC_026_CSMS shows that the station would not start', async () => {
    const station = await world().booted('ocpp1.6');
    await world().remoteStart(station, VALID, { status: 'Rejected' });
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it('TC_028_CSMS shows that the station would not stop, and keeps the session open', async () => {
    const station = await world().booted('ocpp1.6');
    await started(station);
    const { id } = await world().transaction(station, { state: 'active' });
    await world().remoteStop(station, id, { status: 'Rejected' });
    await world().transaction(station, { state: 'active' });
  });

  it('TC_018_1_CSMS unlocks a connector in use and ends the session the station stopped for it', async () => {
    const station = await world().booted('ocpp1.6');
    const { transactionId } = await started(station);
    await world().expectAnswered(station, 'UnlockConnector', { connectorId: 1 }, { status: 'Unlocked' });
    await stopped(station, transactionId, { reason: 'UnlockCommand' });
    await status(station, 'Available');
    await world().transaction(station, { state: 'ended', stopReason: 'UnlockCommand' });
  });
}

async function startedWith(world: World, station: ForeignStation, idTag: string): Promise<void> {
  expect(await authorized(station, idTag)).toMatchObject({ status: 'Accepted' });
  expect((await started(station, idTag)).idTagInfo).toMatchObject({ status: 'Accepted' });
  await status(station, 'Charging');
  await world.transaction(station, { state: 'active', idToken: idTag });
}
