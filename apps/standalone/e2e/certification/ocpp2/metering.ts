import type { ProtocolName } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { Session, charging, register } from './session';

const token: string = TOKENS.VALID;
const SIGNED = { signedMeterData: 'c2lnbmVk', signingMethod: 'ECDSA-secp256r1-SHA256', encodingMethod: 'OCMF', publicKey: 'a2V5' };
const signed = (drawnWh: number, context: string) => ({ ...register(drawnWh, context), signedMeterValue: SIGNED });

export function metering(world: () => World, protocol: ProtocolName): void {
  it('TC_J_01_CSMS answers clock-aligned readings where nobody charges', async () => {
    const station = await world().booted(protocol);
    for (const evseId of [0, 1])
      expect(
        await station.call('MeterValues', {
          evseId,
          meterValue: [{ timestamp: new Date().toISOString(), sampledValue: [register(0, 'Sample.Clock')] }],
        }),
      ).toEqual({});
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it('TC_J_02_CSMS keeps clock-aligned readings of a session', async () => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await session.sendEvent('Updated', 'MeterValueClock', { sampled: [register(250, 'Sample.Clock')] });
    const { id } = await world().transaction(station, { state: 'active', energyWh: 250 });
    expect((await world().readings(id)).items).toContainEqual(expect.objectContaining({ context: 'Sample.Clock', energyWh: 1250 }));
  });

  it('TC_J_03_CSMS keeps clock-aligned readings that come with the end', async () => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    const sampled = [register(400, 'Sample.Clock'), register(500, 'Transaction.End')];
    await session.sendEvent('Ended', 'StopAuthorized', { token, stopped: 'Local', sampled });
    const { id } = await world().transaction(station, { state: 'ended', energyWh: 500 });
    const { items } = await world().readings(id);
    expect(items.map(({ context }) => context)).toEqual(expect.arrayContaining(['Sample.Clock', 'Transaction.End']));
  });

  it.each([
    ['TC_J_04_CSMS', 'clock-aligned', 'Sample.Clock'],
    ['TC_J_11_CSMS', 'sampled', 'Sample.Periodic'],
  ])('%s keeps signed %s readings word for word, and hands them to the bill (%s)', async (_case, _title, context) => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await session.sendEvent('Updated', 'MeterValueClock', { sampled: [signed(250, context)] });
    await session.sendEvent('Ended', 'StopAuthorized', { token, stopped: 'Local', sampled: [signed(500, 'Transaction.End')] });
    const { id } = await world().transaction(station, { state: 'ended', energyWh: 500 });
    expect(JSON.stringify((await world().readings(id)).items)).toContain(SIGNED.signedMeterData);
    expect(JSON.stringify((await world().cdr(station)).signedData)).toContain(SIGNED.signedMeterData);
  });

  it('TC_J_07_CSMS begins at the reading of the start', async () => {
    const station = await world().booted(protocol);
    await new Session(station).sendEvent('Started', 'Authorized', { token, evse: true, charging: 'Charging', drawnWh: 0 });
    const { id } = await world().transaction(station, { state: 'active', meterStartWh: 1000, evse: 1 });
    expect((await world().readings(id)).items).toMatchObject([{ context: 'Transaction.Begin', energyWh: 1000 }]);
  });

  it('TC_J_08_CSMS begins at the first reading where the start knew no EVSE', async () => {
    const station = await world().booted(protocol);
    const session = new Session(station);
    await session.sendEvent('Started', 'Authorized', { token });
    const sampled = [register(0, 'Transaction.Begin')];
    await session.sendEvent('Updated', 'CablePluggedIn', { evse: true, charging: 'EVConnected', sampled });
    await world().transaction(station, { state: 'active', meterStartWh: 1000, evse: 1 });
  });

  it('TC_J_09_CSMS counts what is drawn as the readings come', async () => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    for (const drawnWh of [100, 200, 300]) await session.sendEvent('Updated', 'MeterValuePeriodic', { drawnWh });
    await world().transaction(station, { state: 'active', energyWh: 300 });
  });

  it('TC_J_10_CSMS ends at the reading of the end', async () => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await session.sendEvent('Ended', 'StopAuthorized', { token, stopped: 'Local', drawnWh: 500 });
    await world().transaction(station, { state: 'ended', meterStopWh: 1500, energyWh: 500 });
  });
}
