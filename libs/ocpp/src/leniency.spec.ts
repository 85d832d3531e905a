import { checkRequest, checkResponse } from './check';
import { transaction, stop, meter, report, boot, status, event } from './testing/sample-payloads';

describe('leniency, each kind counted', () => {
  it.each([
    ['an empty payload that is null', 'ocpp1.6', 'Heartbeat', null, {}, 'empty-payload /'],
    ['an empty payload that is missing', 'ocpp1.6', 'Heartbeat', undefined, {}, 'empty-payload /'],
    ['an empty payload that is an array', 'ocpp2.1', 'Heartbeat', [], {}, 'empty-payload /'],
    ['an unknown property', 'ocpp1.6', 'BootNotification', { ...boot, color: 'red' }, boot, 'unknown-property /color'],
    ['an unknown property of a telling name', 'ocpp1.6', 'BootNotification', { ...boot, 'a b': 1 }, boot, 'unknown-property /?'],
    ['an optional member that is null', 'ocpp1.6', 'BootNotification', { ...boot, iccid: null }, boot, 'null-member /iccid'],
    ['a number in a text', 'ocpp1.6', 'StartTransaction', { ...transaction, meterStart: ' 5 ' }, transaction, 'text-as-number /meterStart'],
    [
      'a text that is a number',
      'ocpp1.6',
      'StartTransaction',
      { ...transaction, idTag: 12 },
      { ...transaction, idTag: '12' },
      'number-as-text /idTag',
    ],
    [
      'a fraction of a watt-hour',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, meterStop: 9.5 },
      { ...stop, meterStop: 9.5 },
      'fine-number /meterStop',
    ],
    ['a fraction of a second', 'ocpp2.0.1', 'TransactionEvent', { ...event, seqNo: 0.5 }, event, 'fraction-rounded /seqNo'],
    [
      'a number beyond 32 bits',
      'ocpp2.0.1',
      'TransactionEvent',
      { ...event, transactionInfo: { transactionId: 't', remoteStartId: 2 ** 31 } },
      { ...event, transactionInfo: { transactionId: 't', remoteStartId: 2 ** 31 - 1 } },
      'number-out-of-range /transactionInfo/remoteStartId',
    ],
    [
      'a number beyond any',
      'ocpp1.6',
      'StatusNotification',
      { ...status, connectorId: -1e308 },
      { ...status, connectorId: 1 - 2 ** 31 },
      'number-out-of-range /connectorId',
    ],
    [
      'a register beyond what can be counted',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, meterStop: 1e20 },
      { ...stop, meterStop: Number.MAX_SAFE_INTEGER },
      'number-out-of-range /meterStop',
    ],
    ['a blank number', 'ocpp2.0.1', 'TransactionEvent', { ...event, cableMaxCurrent: ' ' }, event, 'blank-number /cableMaxCurrent'],
    [
      'an id beyond 32 bits',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, transactionId: 5e9 },
      { ...stop, transactionId: 5e9 },
      'large-integer /transactionId',
    ],
    [
      'booleans as texts',
      'ocpp2.0.1',
      'TransactionEvent',
      { ...event, offline: 'TRUE' },
      { ...event, offline: true },
      'boolean-form /offline',
    ],
    ['a time without zone', 'ocpp1.6', 'StopTransaction', { ...stop, timestamp: '2026-05-01T11:00:00' }, stop, 'zone-missing /timestamp'],
    [
      'a time with a blank, a comma and a short offset',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, timestamp: '2026-05-01 11:00:00,5 +02' },
      { ...stop, timestamp: '2026-05-01T11:00:00.5+02:00' },
      'time-form /timestamp',
    ],
    ['a word in the wrong case', 'ocpp1.6', 'StatusNotification', { ...status, status: 'available' }, status, 'word-form /status'],
    [
      'an informational word we do not know',
      'ocpp1.6',
      'StatusNotification',
      { ...status, errorCode: 'CatOnCable' },
      { ...status, errorCode: 'CatOnCable' },
      'unknown-word /errorCode',
    ],
    [
      'a unit we do not know',
      'ocpp1.6',
      'MeterValues',
      meter({ value: '50', unit: 'Hertz' }),
      meter({ value: '50', unit: 'Hertz' }),
      'unknown-word /meterValue/*/sampledValue/*/unit',
    ],
    [
      'a reason we do not know',
      'ocpp2.1',
      'TransactionEvent',
      { ...event, triggerReason: 'New' },
      { ...event, triggerReason: 'New' },
      'unknown-word /triggerReason',
    ],
    [
      'a serial number of 34 characters',
      'ocpp1.6',
      'BootNotification',
      { ...boot, chargePointSerialNumber: 'x'.repeat(34) },
      { ...boot, chargePointSerialNumber: 'x'.repeat(34) },
      'long-text /chargePointSerialNumber',
    ],
    [
      'one meter value that is no list',
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: { timestamp: '2026-05-01T10:00:00Z', sampledValue: [{ value: '1' }] } },
      meter({ value: '1' }),
      'single-as-array /meterValue',
    ],
    [
      'a meter value without samples',
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z' }] },
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [] }] },
      'missing-array /meterValue/*/sampledValue',
    ],
    ['a report of nothing', 'ocpp2.0.1', 'NotifyEvent', report, report, 'list-length /eventData'],
    [
      'JSON in DataTransfer',
      'ocpp1.6',
      'DataTransfer',
      { vendorId: 'v', data: { a: [1] } },
      { vendorId: 'v', data: '{"a":[1]}' },
      'json-as-text /data',
    ],
  ] as const)('%s', (_what, protocol, action, payload, meant, counted) => {
    expect(checkRequest(protocol, action, payload, 'inbound')).toEqual({ ok: true, payload: meant, leniency: [counted] });
    expect(checkRequest(protocol, action, payload, 'strict').ok).toBe(false);
  });

  it('accepts a composite schedule with finer limits than tenths', () => {
    const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 13.043 }] };
    const response = { status: 'Accepted', chargingSchedule: schedule };
    expect(checkResponse('ocpp1.6', 'GetCompositeSchedule', response, 'inbound')).toEqual({
      ok: true,
      payload: response,
      leniency: ['fine-number /chargingSchedule/chargingSchedulePeriod/*/limit'],
    });
  });

  it('counts each kind and path once, up to a bound', () => {
    const samples = Array.from({ length: 50 }, () => ({ value: 1 }));
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 1]));
    const repeated = checkRequest(
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: samples }] },
      'inbound',
    );
    expect(repeated).toMatchObject({ ok: true, leniency: ['number-as-text /meterValue/*/sampledValue/*/value'] });
    const strange = checkRequest('ocpp1.6', 'BootNotification', { ...boot, ...many }, 'inbound');
    expect(strange.ok && strange.leniency.length).toBe(20);
    expect(strange.ok && strange.payload).toEqual(boot);
  });

  it('does not read properties of the prototype', () => {
    const hostile: unknown = JSON.parse('{"chargePointVendor":"V","chargePointModel":"M","__proto__":{"iccid":"x"},"toString":1}');
    const checked = checkRequest('ocpp1.6', 'BootNotification', hostile, 'inbound');
    expect(checked).toMatchObject({ ok: true, payload: boot });
    expect(checked.ok && Object.getPrototypeOf(checked.payload)).toBe(Object.prototype);
    const open: unknown = JSON.parse('{"customData":{"vendorId":"v","__proto__":{"a":1}},"extra":1}');
    expect(checkRequest('ocpp2.1', 'Heartbeat', open, 'inbound')).toMatchObject({ ok: true, payload: { customData: { vendorId: 'v' } } });
    const repaired = checkRequest('ocpp2.1', 'Heartbeat', open, 'inbound');
    expect(repaired.ok && 'a' in (repaired.payload as { customData: object }).customData).toBe(false);
  });
});
