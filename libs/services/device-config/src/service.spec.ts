import { PROTOCOLS, laneOf } from '@voltbus/contracts';
import { actionsOf, checkRequest, checkResponse } from '@voltbus/ocpp';
import { startHttp } from './testing/start-http';
import { startService, type ServiceFixture } from './testing/start-service';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const now = new Date().toISOString();
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' };
const status = { status: 'Idle' };
/** A request of each action, right by the letter, in 2.x. */
const REQUESTS: Readonly<Record<string, object>> = {
  BootNotification: { chargingStation: { model: 'M', vendorName: 'V' }, reason: 'PowerUp' },
  StatusNotification: { timestamp: now, connectorStatus: 'Available', evseId: 1, connectorId: 1 },
  NotifyReport: { requestId: 1, generatedAt: now, seqNo: 0 },
  SecurityEventNotification: { type: 'StartupOfTheDevice', timestamp: now },
  SignCertificate: { csr: 'csr' },
  GetCertificateChainStatus: { certificateStatusRequests: [{ certificateHashData: hash, source: 'OCSP', urls: ['http://ocsp'] }] },
  FirmwareStatusNotification: status,
  PublishFirmwareStatusNotification: status,
  LogStatusNotification: status,
  NotifyEvent: { generatedAt: now, seqNo: 0, eventData: [event('Connector', 'AvailabilityState', 'Faulted')] },
  NotifyMonitoringReport: { requestId: 1, seqNo: 0, generatedAt: now },
  NotifyCustomerInformation: { data: 'd', seqNo: 0, generatedAt: now, requestId: 1 },
  NotifyDisplayMessages: { requestId: 1 },
  OpenPeriodicEventStream: { constantStreamData: { id: 1, params: {}, variableMonitoringId: 1 } },
  ClosePeriodicEventStream: { id: 1 },
  NotifyPeriodicEventStream: { data: [{ t: 0, v: '1' }], id: 1, pending: 0, basetime: now },
};
const REQUESTS_16: Readonly<Record<string, object>> = {
  ...REQUESTS,
  BootNotification: { chargePointVendor: 'V', chargePointModel: 'M' },
  StatusNotification: { connectorId: 1, errorCode: 'NoError', status: 'Available' },
  SignedFirmwareStatusNotification: status,
  DiagnosticsStatusNotification: status,
};

function event(component: string, variable: string, actualValue: string): object {
  return {
    eventId: 1,
    timestamp: now,
    trigger: 'Delta',
    actualValue,
    eventNotificationType: 'HardWiredNotification',
    component: { name: component, evse: { id: 2, connectorId: 1 } },
    variable: { name: variable },
  };
}

describe.each(PROTOCOLS)('%s', (protocol) => {
  const requests = protocol === 'ocpp1.6' ? REQUESTS_16 : REQUESTS;
  const lane = actionsOf(protocol).filter(({ action, initiator }) => initiator !== 'csms' && laneOf(protocol, action) === 'device');

  it('has every action of its lane before it', () => {
    expect(lane.length).toBe({ 'ocpp1.6': 9, 'ocpp2.0.1': 13, 'ocpp2.1': 17 }[protocol]);
  });

  it.each(lane.map(({ action, kind }) => [action, kind] as const))('answers %s as its schema demands', async (action, kind) => {
    const request = requests[action] ?? {};
    expect(checkRequest(protocol, action, request, 'strict')).toMatchObject({ ok: true });
    const { payload } = await service.send({ protocol, station: `schema-${protocol}` }, action, request);
    if (kind === 'call') expect(checkResponse(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
  });
});

it('has one database for its worker and its HTTP API where both are in one process', async () => {
  const http = await startHttp();
  expect([...http.parts].sort()).toEqual([
    'resources: device-config database',
    'work: device-config',
    'work: files of firmware images',
    'work: files of logs',
    'work: imports',
    'work: uses of API keys',
  ]);
  await http.close();
});
