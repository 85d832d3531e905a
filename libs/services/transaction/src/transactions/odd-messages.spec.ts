import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', { idToken: 'TAG', ...token });
});
afterAll(() => service?.close());

const MINUTE_MS = 60_000;
const begun = Date.now() - 60 * MINUTE_MS;
const at = (minute: number) => new Date(begun + minute * MINUTE_MS);
const iso = (minute: number) => at(minute).toISOString();

const START = { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: iso(0) };
const without = (payload: Record<string, unknown>, name: string) => {
  const { [name]: _gone, ...rest } = payload;
  return rest;
};

async function only(station: string) {
  const found = await service.transactionsOf(station);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('a message of 1.6 that lacks what the schema demands', () => {
  const station = (name: string, minute: number) => ({ protocol: 'ocpp1.6' as const, station: name, receivedAt: at(minute) });

  it.each([
    ['connectorId', { evse: null, energyWh: 5000 }],
    ['meterStart', { evse: 1, meterStartWh: null, meterStopWh: 6000, energyWh: null }],
    ['timestamp', { evse: 1, startedAt: iso(1), energyWh: 5000 }],
  ])('StartTransaction without %s is a session with the rest', async (name, kept) => {
    const cs = `start-${name}`;
    const answer = await service.receiveRaw(station(cs, 1), 'StartTransaction', without(START, name));
    expect(answer).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    const stop = { transactionId: answer['transactionId'], meterStop: 6000, timestamp: iso(30) };
    await service.receiveRaw(station(cs, 30), 'StopTransaction', stop);
    expect(await only(cs)).toMatchObject({ ...kept, state: 'ended', idToken: 'TAG', endedAt: iso(30) });
    expect((await only(cs))?.flags).toContain('missing-members');
  });

  it.each([
    ['without', undefined],
    ['with an empty', ''],
    ['with a blank', '   '],
    ['with an unreadable', {}],
  ])('StartTransaction %s idTag is a session of nobody, which nobody allowed', async (name, idTag) => {
    const cs = `start-tag-${name.length}`;
    const answer = await service.receiveRaw(station(cs, 1), 'StartTransaction', { ...START, idTag });
    expect(answer).toEqual({ transactionId: expect.any(Number), idTagInfo: { status: 'Invalid' } });
    expect(await only(cs)).toMatchObject({ idToken: null, state: 'active', flags: ['missing-members'] });
  });

  it('starts without a time are one session while it goes on, and another after it', async () => {
    const start = { connectorId: 1, idTag: 'TAG' };
    const first = await service.receiveRaw(station('untimed', 1), 'StartTransaction', start);
    expect(await service.receiveRaw(station('untimed', 2), 'StartTransaction', start)).toEqual(first);
    await service.receiveRaw(station('untimed', 20), 'StopTransaction', { transactionId: first['transactionId'], meterStop: 10 });
    const second = await service.receiveRaw(station('untimed', 30), 'StartTransaction', start);
    expect(second['transactionId']).not.toBe(first['transactionId']);
    expect(await service.transactionsOf('untimed')).toHaveLength(2);
  });

  it.each([
    ['timestamp', { endedAt: iso(30), energyWh: 5000 }],
    ['meterStop', { endedAt: iso(29), energyWh: 4000, meterStopWh: 5000 }],
    ['transactionId', { endedAt: iso(29), energyWh: 5000 }],
  ])('StopTransaction without %s ends its session with the rest', async (name, kept) => {
    const cs = `stop-${name}`;
    const { transactionId } = await service.receiveRaw(station(cs, 0), 'StartTransaction', START);
    const meterValue = [{ timestamp: iso(28), sampledValue: [{ value: '5000' }] }];
    await service.receiveRaw(station(cs, 28), 'MeterValues', { connectorId: 1, transactionId, meterValue });
    const stop = without({ transactionId, meterStop: 6000, timestamp: iso(29) }, name);
    expect(await service.receiveRaw(station(cs, 30), 'StopTransaction', stop)).toEqual({});
    expect(await service.receiveRaw(station(cs, 31), 'StopTransaction', stop)).toEqual({}); // a repeat is the same
    const [session] = (await service.transactionsOf(cs)).filter(({ flags }) => !flags.includes('orphan-stop'));
    expect(session).toMatchObject({ state: 'ended', ...kept });
    expect(session?.flags).toContain('missing-members');
  });

  it.each(['', '  ', '\u0001'])('a stop with the idTag %j presents no token', async (idTag) => {
    const cs = `no-token-${idTag.length}`;
    const { transactionId } = await service.receiveRaw(station(cs, 0), 'StartTransaction', START);
    const stop = { transactionId, idTag, meterStop: 6000, timestamp: iso(29) };
    expect(await service.receiveRaw(station(cs, 30), 'StopTransaction', stop)).toEqual({});
    expect(await only(cs)).toMatchObject({ state: 'ended', idToken: 'TAG', energyWh: 5000 });
  });

  it('readings without a time or a connector are kept, at their receipt', async () => {
    const { transactionId } = await service.receiveRaw(station('readings', 0), 'StartTransaction', START);
    await service.receiveRaw(station('readings', 10), 'MeterValues', {
      transactionId,
      meterValue: [{ sampledValue: [{ value: '3000' }] }],
    });
    const rows = await service.database.query(`SELECT at, energy_wh, evse FROM transactions.readings WHERE station = 'readings'`);
    expect(rows).toEqual([{ at: at(10), energy_wh: 3000, evse: -1 }]);
  });

  it.each([
    ['"12.4"', '12.4', 987.6],
    ['null', null, null],
    ['1e20', 1e20, null],
    ['text', 'many', null],
  ])('a meterStart of %s is read as far as it goes', async (name, meterStart, startWh) => {
    const cs = `meter-${name.length}-${name.charCodeAt(0)}`;
    const { transactionId } = await service.receiveRaw(station(cs, 0), 'StartTransaction', { ...START, connectorId: '1', meterStart });
    await service.receiveRaw(station(cs, 30), 'StopTransaction', { transactionId, meterStop: 1000, timestamp: iso(30) });
    const { energyWh } = (await only(cs)) ?? {};
    expect([energyWh, (await only(cs))?.evse]).toEqual([startWh === null ? null : Math.round(startWh), 1]);
  });

  it.each([-1, 2 ** 31, 1e308])('a connector of the number %d is none', async (connectorId) => {
    const cs = `connector-${connectorId}`;
    await service.receiveRaw(station(cs, 0), 'StartTransaction', { ...START, connectorId });
    expect(await only(cs)).toMatchObject({ evse: null, flags: ['number-out-of-range'] });
  });

  it.each([`0x${'f'.repeat(60_000)}`, '9'.repeat(60_000), '1e999999999', '1e-999999999', '1e300', 'NaN', 'Infinity', '0x10'])(
    'a value of %.20s is no number: kept as text, flagged',
    async (value) => {
      const cs = `value-${value.length}-${value.slice(0, 8)}`;
      const { transactionId } = await service.receiveRaw(station(cs, 0), 'StartTransaction', START);
      const meterValue = [{ timestamp: iso(10), sampledValue: [{ value }] }];
      await service.receiveRaw(station(cs, 10), 'MeterValues', { connectorId: 1, transactionId, meterValue });
      await service.receiveRaw(station(cs, 30), 'StopTransaction', { transactionId, meterStop: 6000, timestamp: iso(30) });
      expect(await only(cs)).toMatchObject({ energyWh: 5000, flags: ['number-out-of-range'] });
      const [row] = await service.database.query(`SELECT energy_wh, rest FROM transactions.readings WHERE station = $1`, [cs]);
      expect(row).toEqual({ energy_wh: null, rest: { 'Energy.Active.Import.Register||': { value, unit: 'Wh' } } });
    },
  );
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('an event of %s that lacks what the schema demands', (protocol) => {
  const station = (name: string, minute: number) => ({ protocol, station: `${protocol}-${name}`, receivedAt: at(minute) });
  const event = (eventType: string, seqNo: number, minute: number, wh: number) => ({
    ...{ eventType, seqNo, timestamp: iso(minute), triggerReason: 'Trigger', evse: { id: 1, connectorId: 1 } },
    ...{ transactionInfo: { transactionId: 'T', ...(eventType === 'Ended' ? { stoppedReason: 'Local' } : {}) } },
    meterValue: [{ timestamp: iso(minute), sampledValue: [{ value: wh }] }],
  });
  const EVENTS = [event('Started', 0, 0, 1000), event('Updated', 1, 10, 2000), event('Updated', 2, 20, 4000), event('Ended', 3, 30, 6000)];

  it.each(['eventType', 'triggerReason', 'seqNo', 'timestamp', 'transactionInfo'])(
    'all without %s are one session, with all it charged',
    async (name) => {
      const cs = `lacks-${name}`;
      for (const [index, whole] of EVENTS.entries()) {
        const answer = await service.receiveRaw(station(cs, index * 10), 'TransactionEvent', without(whole, name));
        expect(answer).not.toHaveProperty('idTokenInfo');
      }
      expect(await only(station(cs, 0).station)).toMatchObject({
        ...{ state: 'ended', evse: 1, startedAt: iso(0), endedAt: iso(30), meterStartWh: 1000, meterStopWh: 6000, energyWh: 5000 },
        flags: ['missing-members'],
      });
    },
  );

  it('that names nothing and means nothing open keeps its readings', async () => {
    await service.receiveRaw(station('nobody', 10), 'TransactionEvent', without(EVENTS[1] ?? {}, 'transactionInfo'));
    expect(await service.transactionsOf(station('nobody', 0).station)).toEqual([]);
    const rows = await service.database.query(`SELECT energy_wh FROM transactions.readings WHERE station = $1`, [
      station('nobody', 0).station,
    ]);
    expect(rows).toEqual([{ energy_wh: 2000 }]);
  });

  it.each(['', '  '])('an idToken of %j is no token, unless its type is NoAuthorization', async (idToken) => {
    const cs = `blank-${idToken.length}`;
    const started = { ...EVENTS[0], idToken: { idToken, type: 'ISO14443' } };
    expect(await service.receiveRaw(station(cs, 0), 'TransactionEvent', started)).toEqual({});
    const button = { ...started, transactionInfo: { transactionId: 'U' }, idToken: { idToken: '', type: 'NoAuthorization' } };
    expect(await service.receiveRaw(station(`${cs}-button`, 0), 'TransactionEvent', button)).toEqual({
      idTokenInfo: { status: 'Accepted' },
    });
  });

  it('a token of no type is a token', async () => {
    const started = { ...EVENTS[0], idToken: { idToken: 'TAG' } };
    const answer = await service.receiveRaw(station('typeless', 0), 'TransactionEvent', started);
    expect(answer).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  });

  it('eleven events of a remote start that cannot be are stored and answered, flagged', async () => {
    for (let seqNo = 0; seqNo < 11; seqNo++) {
      const transactionInfo = { transactionId: 'T', remoteStartId: 2147483648 };
      const content = {
        ...event(seqNo === 10 ? 'Ended' : seqNo === 0 ? 'Started' : 'Updated', seqNo, seqNo, 1000 + seqNo),
        transactionInfo,
      };
      await service.receiveRaw(station('remote', seqNo), 'TransactionEvent', content);
    }
    expect(await only(station('remote', 0).station)).toMatchObject({ state: 'ended', energyWh: 10, flags: ['number-out-of-range'] });
  });

  it.each([2 ** 31, 2 ** 32, 2 ** 53, 1e308])('events counted from %d on are in their order', async (from) => {
    const cs = `count-${from}`;
    for (const [index, whole] of EVENTS.entries()) {
      const seqNo = from + index;
      await service.receiveRaw(station(cs, index * 10), 'TransactionEvent', { ...whole, seqNo });
    }
    expect(await only(station(cs, 0).station)).toMatchObject({ state: 'ended', energyWh: 5000, flags: ['number-out-of-range'] });
  });

  it.each([1e9, 2 ** 31, -1e9, 25, 1e308])('a multiplier of %d makes no number of a value', async (multiplier) => {
    const cs = `multiplier-${multiplier}`;
    const odd = [{ timestamp: iso(10), sampledValue: [{ value: 5, unitOfMeasure: { unit: 'Wh', multiplier } }] }];
    for (const [index, whole] of EVENTS.entries()) {
      const meterValue = index === 1 ? odd : whole.meterValue;
      await service.receiveRaw(station(cs, index * 10), 'TransactionEvent', { ...whole, meterValue });
    }
    const { energyWh, flags } = (await only(station(cs, 0).station)) ?? {};
    expect([energyWh, flags]).toEqual([5000, ['number-out-of-range']]);
  });

  it.each([1e308, -1e308, 1e20])('a value of %d is kept as text', async (value) => {
    const cs = `value-${value}`;
    for (const [index, whole] of EVENTS.entries()) {
      const meterValue = index === 1 ? [{ timestamp: iso(10), sampledValue: [{ value }] }] : whole.meterValue;
      await service.receiveRaw(station(cs, index * 10), 'TransactionEvent', { ...whole, meterValue });
    }
    expect(await only(station(cs, 0).station)).toMatchObject({ energyWh: 5000, flags: ['number-out-of-range'] });
  });
});

it.each(['', '  ', '\u0000'])('nobody is authorized who presents %j, also where unknown tokens are accepted', async (idToken) => {
  await service.tokenStore.rememberTenant('lenient', { unknownTokens: 'accept', masterPassGroup: null });
  const tenant = 'lenient';
  expect(await service.receive({ protocol: 'ocpp1.6', tenant }, 'Authorize', { idTag: idToken })).toEqual({
    idTagInfo: { status: 'Invalid' },
  });
  const answer = await service.receive({ protocol: 'ocpp2.1', tenant }, 'Authorize', { idToken: { idToken, type: 'ISO14443' } });
  expect(answer).toMatchObject({ idTokenInfo: { status: 'Invalid' } });
});

describe('a quirk of energy that is switched in mid session', () => {
  const on = { 'energy-in-kwh': true };
  it.each([
    ['on', {}, on, true],
    ['off', on, {}, true],
    ['on all the time', on, on, false],
    ['of another kind', {}, { 'no-pings': true }, false],
  ])('%s: the bill waits for a person where units may differ', async (name, before, after, flagged) => {
    const from = (protocol: 'ocpp1.6' | 'ocpp2.0.1', minute: number, quirks: object) => ({
      ...{ protocol, station: `switched-${name}-${protocol}`, receivedAt: at(minute), quirks },
    });
    const { transactionId } = await service.receive(from('ocpp1.6', 0, before), 'StartTransaction', START);
    await service.receive(from('ocpp1.6', 30, after), 'StopTransaction', { transactionId, meterStop: 6000, timestamp: iso(30) });
    const event = (eventType: string, seqNo: number, minute: number) => ({
      ...{ eventType, seqNo, timestamp: iso(minute), triggerReason: 'Trigger', transactionInfo: { transactionId: 'T' } },
      ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } },
      meterValue: [{ timestamp: iso(minute), sampledValue: [{ value: 1000 + minute }] }],
    });
    await service.receive(from('ocpp2.0.1', 0, before), 'TransactionEvent', event('Started', 0, 0));
    await service.receive(from('ocpp2.0.1', 30, after), 'TransactionEvent', event('Ended', 1, 30));
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1']) {
      const [end] = service.publishedEnds(`switched-${name}-${protocol}`);
      expect(end?.flags.includes('quirk-switched')).toBe(flagged);
    }
  });

  it.each([
    ['on in its middle, and off again', [{}, on, {}], true],
    ['off in its middle, and on again', [on, {}, on], true],
    ['on all the time', [on, on, on], false],
    ['off all the time', [{}, {}, {}], false],
  ])('%s: readings of MeterValues count as well, also where they come in parts, and where no stop comes', async (name, quirks, flagged) => {
    const from = (station: string, minute: number, nth: number) => ({
      ...{ protocol: 'ocpp1.6' as const, station: `read-${name}-${station}`, receivedAt: at(minute), quirks: quirks[nth] ?? {} },
    });
    for (const station of ['stops', 'lost']) {
      const { transactionId } = await service.receive(from(station, 0, 0), 'StartTransaction', START);
      const meterValue = (...sampledValue: object[]) => [{ timestamp: iso(15), sampledValue }];
      const parts = [{ value: '1', phase: 'L1' }, { value: '2', phase: 'L2' }];
      for (const [part, nth] of [[parts[0], 0], [parts[1], 1]] as const)
        await service.receive(from(station, 15, nth), 'MeterValues', { connectorId: 1, ...{ transactionId }, meterValue: meterValue(part ?? {}) });
      const unnamed = { connectorId: 1, meterValue: [{ timestamp: iso(20), sampledValue: [{ value: '1500' }] }] };
      await service.receive(from(station, 20, 1), 'MeterValues', unnamed);
      const ending: [string, object] = station === 'stops' ? ['StopTransaction', { transactionId, meterStop: 6000, timestamp: iso(30) }] : ['StartTransaction', { ...START, timestamp: iso(30) }];
      await service.receive(from(station, 30, 2), ...ending);
      const [end] = service.publishedEnds(`read-${name}-${station}`);
      expect([station, end?.flags.includes('quirk-switched')]).toEqual([station, flagged]);
    }
  }); // prettier-ignore
});
