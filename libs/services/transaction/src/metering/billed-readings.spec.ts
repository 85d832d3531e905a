import { MeteredSessions, at, costOf, read2, register16, values } from './testing/metered-sessions';

const sessions = new MeteredSessions();
const { account, readings, receive, told16, told2 } = sessions;

describe('locations', () => {
  it.each(['Body', 'Cable', 'EV', 'Inlet', 'Upstream'])('all values of the %s, none of the outlet', async (location) => {
    await told2([0, 30, 60].map((minute) => ({ at: minute, values: read2(minute, 2_331_000 + minute * 500, { location }) })));
    expect(account()).toMatchObject({ energyWh: 30_000, flags: [] });
  });

  it('are never mixed in one path', async () => {
    const both = (minute: number) => [values(minute, { value: 1_000 + minute * 100 }, { value: 500_000 + minute * 110, location: 'Body' })];
    const body = (minute: number) => read2(minute, 500_000 + minute * 110, { location: 'Body' });
    await told2([
      { at: 0, values: both(0) },
      { at: 10, values: body(10) },
      { at: 20, values: body(20) },
      { at: 30, values: both(30) },
    ]);
    expect(account()).toMatchObject({ energyWh: 3000, flags: [] });
  });

  it('the one that covers the session is taken', async () => {
    const body = (minute: number) => read2(minute, 500_000 + minute * 100, { location: 'Body' });
    await told2([
      { at: 0, values: body(0) },
      { at: 20, values: [...body(20), ...read2(20, 77)] },
      { at: 30, values: body(30) },
    ]);
    expect(account()).toMatchObject({ energyWh: 3000, flags: [] });
  });
});

describe('signed data', () => {
  it('1.6 keeps the signed and the raw value of one measurand and context', async () => {
    const more = { context: 'Transaction.End', measurand: 'Energy.Active.Import.Register' };
    const raw = { value: '6000', format: 'Raw', ...more };
    const signed = (value: string) => ({ value, format: 'SignedData', ...more });
    await told16(1000, [[values(30, raw, signed('OCMF|a'), signed('0123'))], [values(30, signed('OCMF|a'))]], 6000, 30);
    expect(account()).toMatchObject({ energyWh: 5000, flags: [], signedData: ['0123', 'OCMF|a'] });
    expect(await readings()).toMatchObject([{ energyWh: 6000 }]);
  });

  it('2.x keeps the value and every signed one beside it', async () => {
    const signed = (data: string) => ({ signedMeterData: data, encodingMethod: 'OCMF', signingMethod: '', publicKey: '' });
    const begin = [values(0, { value: 1000, signedMeterValue: signed('B1') }, { value: 1000, signedMeterValue: signed('B2') })];
    await told2([
      { at: 0, values: begin },
      { at: 30, values: read2(30, 5000, { signedMeterValue: signed('E') }) },
    ]);
    expect(account()).toMatchObject({ energyWh: 4000, signedData: ['B1', 'B2', 'E'] });
  });
});

describe('a clock that is set back in mid session', () => {
  /** The minute that the station's clock shows: it is set back after the first hour. */
  const shown = (minute: number, by: number) => (minute > 60 ? minute - by : minute);
  const minutes = Array.from({ length: 25 }, (_, nth) => nth * 5);

  it.each([10, 15, 25, 40])('by %s minutes makes no register fall: 2.x', async (by) => {
    await told2(minutes.map((minute) => ({ at: shown(minute, by), values: read2(shown(minute, by), 7000 + minute * 100) })));
    expect(account()).toMatchObject({ energyWh: 12_000, flags: ['clock-set-back'] });
  });

  it.each([8.01, 15.01, 25.01, 40.01])('by %s minutes makes no register fall: 1.6', async (by) => {
    const read = minutes.slice(1, -1).map((minute) => [shown(minute, by), 7000 + minute * 100] as const);
    await told16(7000, register16(read), 19_000, 120 - by);
    expect(account()).toMatchObject({ energyWh: 12_000, flags: ['clock-set-back'] });
  });

  it('is distinguished from a register that restarts, however often', async () => {
    const read = minutes.slice(1, -1).map((minute) => [minute, (minute % 40) * 100] as const);
    await told16(0, register16(read), 4000, 120);
    expect(account()).toMatchObject({ flags: ['register-reset'] });
    expect(account().energyWh).toBeGreaterThanOrEqual(3500 * 2 + 3500);
  });
});

describe('times that lack', () => {
  it('do not show how long it charged when all messages came from one queue', async () => {
    const { transactionId } = await sessions.service.receiveRaw(sessions.sender('ocpp1.6'), 'StartTransaction', {
      connectorId: 1,
      idTag: 'TAG',
      meterStart: 1000,
    });
    await sessions.service.receiveRaw(sessions.sender('ocpp1.6'), 'StopTransaction', { transactionId, meterStop: 41_000 });
    expect(account()).toMatchObject({ energyWh: 40_000, flags: ['missing-members'] });
  });
});

describe('readings of one instant', () => {
  it.each([[[0, 1, 2]], [[2, 0, 1]]])('are ordered by the sequence number, received as %j', async (order) => {
    const wh = [1500, 2000, 3250];
    await receive('ocpp2.0.1', 'TransactionEvent', {
      ...{ eventType: 'Started', seqNo: 0, timestamp: at(0), triggerReason: 'CablePluggedIn', evse: { id: 1 } },
      transactionInfo: { transactionId: 'T' },
      meterValue: read2(5, wh[0] ?? 0),
    });
    for (const seqNo of order.filter((one) => one > 0))
      await receive('ocpp2.0.1', 'TransactionEvent', {
        ...{ eventType: seqNo === 2 ? 'Ended' : 'Updated', seqNo, timestamp: at(seqNo * 5), triggerReason: 'Trigger' },
        transactionInfo: { transactionId: 'T' },
        meterValue: read2(5, wh[seqNo] ?? 0),
      });
    expect(account()).toMatchObject({ energyWh: 1750 });
  });
});

describe('rounding, ends and thresholds', () => {
  it('rounds the difference, not the ends', async () => {
    await told2([
      { at: 0, values: read2(0, 1000.4) },
      { at: 30, values: read2(30, 2000.6) },
    ]);
    expect(account().energyWh).toBe(1000);
  });

  it('an end below the beginning, or before it, is flagged', async () => {
    await told16(5000, [], 4000, 30);
    expect(account()).toMatchObject({ energyWh: 0, flags: ['register-reset', 'stop-before-start'] });
    sessions.nextStation();
    await told16(5000, [], 6000, -30);
    expect(account().flags).toContain('stop-before-start');
  });

  it('2.x without a reading at the beginning or the end is flagged', async () => {
    await told2([{ at: 0 }, { at: 10, values: read2(10, 1000) }, { at: 20, values: read2(20, 3000) }, { at: 30 }]);
    expect(account()).toMatchObject({ energyWh: 2000, flags: ['no-end-reading', 'no-start-reading'] });
  });

  it('40 W for 6 hours is charging', async () => {
    await told16(
      0,
      register16(Array.from({ length: 71 }, (_, nth) => [(nth + 1) * 5, Math.floor(((nth + 1) * 40) / 12)] as const)),
      240,
      360,
    );
    expect(costOf(account())).toMatchObject({ idle: '0.00', time: '36.00' });
    sessions.nextStation();
    await told16(0, [], 240, 360);
    expect(costOf(account())).toMatchObject({ idle: '0.00', time: '36.00' });
  });
});
