import { LANES, META_HEADER, PLUG_AND_CHARGE_VENDOR, unpackUplink, type Lane, type Protocol, type UplinkMeta } from '@voltbus/contracts';
import { peek } from '@voltbus/ocpp';
import { BusUnavailable, MemoryBus } from '@voltbus/bus';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { GatewayTelemetry } from '../telemetry';
import { Connection } from './connection';
import { InboundCalls } from './inbound-calls';
import { RequestedMessages } from './requested-messages';
import { fakeSocket } from './testing/fake-socket';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
afterEach(() => jest.restoreAllMocks());

/** The calls of an accepted station, what the gateway publishes, and in their order its frames, close reasons and the results it counts. */
function station(protocol: Protocol, publish: () => Promise<void> = () => Promise.resolve()) {
  const events: string[] = [];
  const published: (UplinkMeta & { topic: string })[] = [];
  const socket = fakeSocket({ send: (text) => events.push(text), close: (_code, reason) => events.push(reason) });
  const ref = { tenant: 'default', station: 'CS-1' };
  const connection = new Connection({
    ref,
    protocol,
    securityProfile: 1,
    passwordRotation: null,
    registration: 'accepted',
    socket,
    messageLog: null,
    quirks: {},
    telemetry: new GatewayTelemetry(silentLogger, testMetrics()),
  });
  connection.owner = { inst: 'gw', bucket: 0, epoch: 1, registered: true };
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  jest.spyOn(bus, 'publish').mockImplementation((topic, { headers }) => {
    published.push({ ...unpackUplink(headers?.[META_HEADER] as Buffer), topic: topic.name });
    return publish();
  });
  const telemetry = new GatewayTelemetry(silentLogger, testMetrics());
  jest.spyOn(telemetry, 'call').mockImplementation(({ result }) => void events.push(result));
  jest.spyOn(telemetry, 'lateReply').mockImplementation(() => void events.push('late'));
  const calls = new InboundCalls({
    connection,
    bus,
    telemetry,
    policy: { answersUpdates: false },
    requested: new RequestedMessages(),
    onAnswered: () => undefined,
    onUnknownAction: () => undefined,
  });
  const call = (action: string, payload: object) => {
    const frame = Buffer.from(JSON.stringify([2, 'm', action, payload]));
    const peeked = peek(frame);
    if (peeked.type !== 'call') throw new Error('not a call');
    calls.handleCall(peeked, frame);
  };
  return { call, calls, events, published };
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
  ['a stop, which is never events an error that makes the station forget it', 'ocpp1.6', 'StopTransaction', stop16, 25_000, ['timeout']],
  ['a TransactionEvent, likewise', 'ocpp2.1', 'TransactionEvent', started, 25_000, ['timeout']],
])('waits for the owning service until the deadline: %s', (_name, protocol, action, payload, deadlineMs, end) => {
  const { call, calls, events, published } = station(protocol);
  call(action, payload);
  expect(published[0]).toMatchObject({ ack: 'service', answerBy: Date.now() + deadlineMs });
  jest.advanceTimersByTime(deadlineMs - 1);
  expect(events).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(events).toEqual(end);
  expect(calls.sendReply('m', '[3,"m",{}]')).toBe(false);
  expect(events).toEqual([...end, 'late']);
});

it.each<[string, string, object, unknown[]]>([
  [
    'an error for a message that the station resends anyhow',
    'StatusNotification',
    { connectorId: 1, errorCode: 'NoError', status: 'Available' },
    [error('InternalError'), 'callerror'],
  ],
  ['nothing for a transaction message: silence makes the station keep it', 'StopTransaction', stop16, ['timeout']],
])('what the bus did not take gets %s', async (_name, action, payload, end) => {
  const { call, calls, events } = station('ocpp1.6', () => Promise.reject(new BusUnavailable('away')));
  call(action, payload);
  await jest.advanceTimersByTimeAsync(0);
  expect(events).toEqual(end);
  expect(calls.pendingCount).toBe(0);
});

it.each<[string, Protocol, object, Lane]>([
  ['of Plug & Charge to the owner of tokens and contracts', 'ocpp1.6', { vendorId: PLUG_AND_CHARGE_VENDOR }, 'transaction'],
  ['of any other vendor to the router', 'ocpp1.6', { vendorId: 'v' }, 'router'],
  [
    'of Plug & Charge on 2.x, which has the messages themselves, to the router',
    'ocpp2.0.1',
    { vendorId: PLUG_AND_CHARGE_VENDOR },
    'router',
  ],
  ['that names no vendor to the router, which refuses it', 'ocpp1.6', {}, 'router'],
])('sends a DataTransfer %s', (_whose, protocol, payload, lane) => {
  const { call, published } = station(protocol);
  call('DataTransfer', payload);
  expect(published.map(({ topic }) => topic)).toEqual([LANES[lane].name]);
});

it('answers a call of class durable only once the bus has it', async () => {
  let durable: () => void = () => undefined;
  const { call, events } = station('ocpp1.6', () => new Promise((resolve) => (durable = resolve)));
  call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  await jest.advanceTimersByTimeAsync(5_000);
  expect(events).toEqual([]);
  durable();
  await jest.advanceTimersByTimeAsync(0);
  expect(events).toEqual(['[3,"m",{}]', 'ok']);
});

it('holds a transaction message only while it waits for its answer', () => {
  const { call, calls } = station('ocpp1.6');
  call('StopTransaction', stop16);
  expect(calls.holdsTransactional).toBe(true);
  calls.sendReply('m', '[3,"m",{}]');
  expect(calls.holdsTransactional).toBe(false);
});
