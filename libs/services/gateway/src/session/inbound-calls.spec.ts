import { PLUG_AND_CHARGE_VENDOR, type Protocol } from '@voltbus/contracts';
import { peek } from '@voltbus/ocpp';
import { BusUnavailable } from '@voltbus/bus';
import { InboundCalls, type Uplink } from './inbound-calls';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** The calls of an accepted station, and what became of them. */
function station(protocol: Protocol, publish: () => Promise<void> = () => Promise.resolve()) {
  const told: string[] = [];
  const published: Uplink[] = [];
  const calls = new InboundCalls({
    protocol,
    registration: 'accepted',
    policy: { answersUpdates: false },
    busAvailable: true,
    say: (text) => told.push(text) > 0,
    publish: (uplink) => (published.push(uplink), publish()),
    flooded: () => void told.push('flooded'),
    unackable: () => void told.push('unackable'),
    invalid: () => undefined,
    answered: (_action, result) => void told.push(result),
    lateReply: () => void told.push('late'),
    droppedSend: () => undefined,
    repeatedId: () => undefined,
    unknown: () => undefined,
    wasAskedFor: () => false,
  });
  const call = (action: string, payload: object) => {
    const frame = Buffer.from(JSON.stringify([2, 'm', action, payload]));
    const peeked = peek(frame);
    if (peeked.type !== 'call') throw new Error('not a call');
    calls.call(peeked, frame);
  };
  return { call, calls, told, published };
}

const stop16 = { transactionId: 1, meterStop: 5, timestamp: '2026-01-01T00:00:00Z' };
const boot16 = { chargePointVendor: 'V', chargePointModel: 'M' };
const token = { idToken: 'T', type: 'ISO14443' };
const started = {
  eventType: 'Started',
  timestamp: '2026-01-01T00:00:00Z',
  triggerReason: 'CablePluggedIn',
  seqNo: 0,
  transactionInfo: { transactionId: 't' },
};
const error = (code: string) => expect.stringContaining(`[4,"m","${code}"`);

it.each<[string, Protocol, string, object, number, unknown[]]>([
  ['Authorize', 'ocpp1.6', 'Authorize', { idTag: 'T' }, 10_000, [error('InternalError'), 'timeout']],
  ['Authorize without certificate', 'ocpp2.0.1', 'Authorize', { idToken: token }, 10_000, [error('InternalError'), 'timeout']],
  [
    'Authorize with a contract certificate (ISO 15118: a car waits)',
    'ocpp2.0.1',
    'Authorize',
    { idToken: token, certificate: 'PEM' },
    4_000,
    [error('InternalError'), 'timeout'],
  ],
  [
    'Authorize of Plug & Charge on 1.6 (quirk 79: a car waits here too)',
    'ocpp1.6',
    'DataTransfer',
    { vendorId: PLUG_AND_CHARGE_VENDOR, messageId: 'Authorize', data: '{}' },
    4_000,
    [error('InternalError'), 'timeout'],
  ],
  ["another vendor's DataTransfer", 'ocpp1.6', 'DataTransfer', { vendorId: 'v' }, 25_000, [error('InternalError'), 'timeout']],
  ['a boot', 'ocpp1.6', 'BootNotification', boot16, 25_000, [error('InternalError'), 'timeout']],
  ['a stop, which is never told an error that makes the station forget it', 'ocpp1.6', 'StopTransaction', stop16, 25_000, ['timeout']],
  ['a TransactionEvent, likewise', 'ocpp2.1', 'TransactionEvent', started, 25_000, ['timeout']],
])('waits for the owning service until the deadline: %s', (_name, protocol, action, payload, deadlineMs, end) => {
  const { call, calls, told, published } = station(protocol);
  call(action, payload);
  expect(published[0]).toMatchObject({ ack: 'service', answerBy: Date.now() + deadlineMs });
  jest.advanceTimersByTime(deadlineMs - 1);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(told).toEqual(end);
  expect(calls.reply('m', '[3,"m",{}]')).toBe(false);
  expect(told).toEqual([...end, 'late']);
});

it.each<[string, string, object, unknown[]]>([
  [
    'an error for what the station will say again anyhow',
    'StatusNotification',
    { connectorId: 1, errorCode: 'NoError', status: 'Available' },
    [error('InternalError'), 'callerror'],
  ],
  ['nothing for a transaction message: silence makes the station keep it', 'StopTransaction', stop16, ['timeout']],
])('what the bus did not take gets %s', async (_name, action, payload, end) => {
  const { call, calls, told } = station('ocpp1.6', () => Promise.reject(new BusUnavailable('away')));
  call(action, payload);
  await jest.advanceTimersByTimeAsync(0);
  expect(told).toEqual(end);
  expect(calls.open).toBe(0);
});

it.each<[string, Protocol, object, string]>([
  ['of Plug & Charge to the owner of tokens and contracts', 'ocpp1.6', { vendorId: PLUG_AND_CHARGE_VENDOR }, 'transaction'],
  ['of any other vendor to the router', 'ocpp1.6', { vendorId: 'v' }, 'router'],
  [
    'of Plug & Charge on 2.x, which has the messages themselves, to the router',
    'ocpp2.0.1',
    { vendorId: PLUG_AND_CHARGE_VENDOR },
    'router',
  ],
  ['that names no vendor to the router, which says so', 'ocpp1.6', {}, 'router'],
])('sends a DataTransfer %s', (_whose, protocol, payload, lane) => {
  const { call, published } = station(protocol);
  call('DataTransfer', payload);
  expect(published.map((uplink) => uplink.lane)).toEqual([lane]);
});

it('answers what is durable only once the bus has it', async () => {
  let durable: () => void = () => undefined;
  const { call, told } = station('ocpp1.6', () => new Promise((resolve) => (durable = resolve)));
  call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([]);
  durable();
  await jest.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['[3,"m",{}]', 'ok']);
});

it('holds a transactional message only while it waits', () => {
  const { call, calls } = station('ocpp1.6');
  call('StopTransaction', stop16);
  expect(calls.holdsTransactional).toBe(true);
  calls.reply('m', '[3,"m",{}]');
  expect(calls.holdsTransactional).toBe(false);
});
