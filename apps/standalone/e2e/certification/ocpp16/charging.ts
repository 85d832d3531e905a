import { boot } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { CHARGED_WH, authorized, metered, started, status, stopped } from './session';

const { VALID, BLOCKED, EXPIRED, INVALID } = TOKENS;
const BILLED = { state: 'ended', idToken: VALID, energyWh: CHARGED_WH, evse: 1 } as const;

export function charging(world: () => World): void {
  it('TC_003_CSMS charges where the cable precedes the token, and bills the session', async () => {
    const station = await world().booted('ocpp1.6');
    await status(station, 'Preparing');
    expect(await authorized(station, VALID)).toMatchObject({ status: 'Accepted' });
    const { transactionId, idTagInfo } = await started(station);
    expect(idTagInfo).toMatchObject({ status: 'Accepted' });
    await status(station, 'Charging');
    await world().connectorShown(station, 'Charging');
    expect(await metered(station, transactionId, 30)).toEqual({});
    await world().transaction(station, { state: 'active', idToken: VALID, energyWh: CHARGED_WH / 2 });
    await status(station, 'Finishing');
    expect(await stopped(station, transactionId, { reason: 'Local', idTag: VALID })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    await status(station, 'Available');
    await world().transaction(station, { ...BILLED, stopReason: 'Local' });
    expect(await world().cdr(station)).toMatchObject({ energyWh: CHARGED_WH, idToken: VALID, kind: 'charge' });
  });

  it('TC_004_1_CSMS charges where the token precedes the cable', async () => {
    const station = await world().booted('ocpp1.6');
    expect(await authorized(station, VALID)).toMatchObject({ status: 'Accepted' });
    await status(station, 'Preparing');
    const { transactionId } = await started(station);
    await status(station, 'Charging');
    await stopped(station, transactionId, { reason: 'Local', idTag: VALID });
    await world().transaction(station, BILLED);
  });

  it('TC_004_2_CSMS shows the connector free again, and no session, where no cable was plugged in in time', async () => {
    const station = await world().booted('ocpp1.6');
    expect(await authorized(station, VALID)).toMatchObject({ status: 'Accepted' });
    await status(station, 'Preparing');
    await world().connectorShown(station, 'Preparing');
    await status(station, 'Available');
    await world().connectorShown(station, 'Available');
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it('TC_005_1_CSMS ends the session whose cable was pulled at the car', async () => {
    const station = await world().booted('ocpp1.6');
    const { transactionId } = await started(station);
    await status(station, 'SuspendedEV');
    await stopped(station, transactionId, { reason: 'EVDisconnected' });
    await status(station, 'Finishing');
    await status(station, 'Available');
    await world().transaction(station, { ...BILLED, stopReason: 'EVDisconnected' });
  });

  it('TC_007_CSMS judges the token at the start where the station had not authorized it', async () => {
    const station = await world().booted('ocpp1.6');
    await status(station, 'Preparing');
    const { idTagInfo } = await started(station);
    expect(idTagInfo).toMatchObject({ status: 'Accepted' });
    await world().transaction(station, { state: 'active', idToken: VALID });
  });

  it.each([
    ['TC_023_1_CSMS', 'Invalid', INVALID],
    ['TC_023_1_CSMS', 'Invalid', TOKENS.UNKNOWN],
    ['TC_023_2_CSMS', 'Expired', EXPIRED],
    ['TC_023_3_CSMS', 'Blocked', BLOCKED],
  ])('%s answers %s to a token that is (%s)', async (_case, word, idTag) => {
    const station = await world().booted('ocpp1.6');
    expect(await authorized(station, idTag)).toMatchObject({ status: word });
  });

  it('TC_024_CSMS shows a connector whose lock failed, and no session', async () => {
    const station = await world().booted('ocpp1.6');
    await status(station, 'Preparing');
    expect(await authorized(station, VALID)).toMatchObject({ status: 'Accepted' });
    await status(station, 'Faulted', 'ConnectorLockFailure');
    await world().connectorShown(station, 'Faulted', 'ConnectorLockFailure');
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it('TC_032_1_CSMS ends the session that a power failure stopped, reported after the boot', async () => {
    const station = await world().booted('ocpp1.6');
    const { transactionId } = await started(station);
    await station.close();
    const again = await world().connect('ocpp1.6', station.options.station);
    expect(await boot(again)).toMatchObject({ status: 'Accepted' });
    await stopped(again, transactionId, { reason: 'PowerLoss' });
    await status(again, 'Available');
    await world().transaction(again, { ...BILLED, stopReason: 'PowerLoss' });
  });

  it('TC_037_1_CSMS takes a session that began offline, at its own time', async () => {
    const station = await world().booted('ocpp1.6');
    const { idTagInfo } = await started(station, VALID, -30);
    expect(idTagInfo).toMatchObject({ status: 'Accepted' });
    const { startedAt } = await world().transaction(station, { state: 'active', idToken: VALID });
    expect(Date.now() - Date.parse(startedAt)).toBeGreaterThan(80 * 60_000);
  });

  it('TC_037_3_CSMS answers Invalid to an offline start with an invalid token, and keeps and ends the session all the same', async () => {
    const station = await world().booted('ocpp1.6');
    const { idTagInfo, transactionId } = await started(station, INVALID, -30);
    expect(idTagInfo).toMatchObject({ status: 'Invalid' });
    await stopped(station, transactionId, { reason: 'DeAuthorized', drawnWh: 0 });
    await world().transaction(station, { state: 'ended', idToken: INVALID, stopReason: 'DeAuthorized', energyWh: 0 });
  });

  it('TC_039_CSMS takes a whole session that was charged offline, and bills it once', async () => {
    const station = await world().booted('ocpp1.6');
    await station.close();
    const again = await world().connect('ocpp1.6', station.options.station);
    const { transactionId, idTagInfo } = await started(again, VALID, -60);
    expect(idTagInfo).toMatchObject({ status: 'Accepted' });
    expect(await metered(again, transactionId, 15)).toEqual({});
    await stopped(again, transactionId, { reason: 'Local', idTag: VALID });
    await world().transaction(again, BILLED);
    expect(await world().cdr(again)).toMatchObject({ energyWh: CHARGED_WH });
  });
}
