import { PROTOCOLS, laneOf } from '@voltbus/contracts';
import { actionsOf, checkRequest, checkResponse } from '@voltbus/ocpp';
import { startService, type ServiceFixture } from './testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const now = new Date().toISOString();
const meterValue = [{ timestamp: now, sampledValue: [{ value: 5 }] }];
const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] }];
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' };
const chargingProfile = [
  { id: 1, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute', chargingSchedule },
];
/** A request of each action, right by the letter. */
const REQUESTS: Readonly<Record<string, object>> = {
  StartTransaction: { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: now },
  StopTransaction: { transactionId: 1, idTag: 'TAG', meterStop: 0, timestamp: now },
  TransactionEvent: {
    eventType: 'Started',
    timestamp: now,
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId: 'T' },
    idToken: { idToken: 'TAG', type: 'ISO14443' },
  },
  ReservationStatusUpdate: { reservationId: 1, reservationUpdateStatus: 'Expired' },
  NotifyChargingLimit: { chargingLimit: { chargingLimitSource: 'EMS' } },
  ClearedChargingLimit: { chargingLimitSource: 'EMS' },
  ReportChargingProfiles: { requestId: 1, chargingLimitSource: 'EMS', evseId: 1, chargingProfile },
  NotifyPriorityCharging: { transactionId: 'T', activated: true },
  NotifyEVChargingNeeds: { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' } },
  NotifyEVChargingSchedule: { timeBase: now, evseId: 1, chargingSchedule: chargingSchedule[0] },
  GetCertificateStatus: { ocspRequestData: { ...hash, responderURL: 'http://ocsp' } },
  Get15118EVCertificate: { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action: 'Install', exiRequest: 'exi' },
  PullDynamicScheduleUpdate: { chargingProfileId: 1 },
  NotifySettlement: { pspRef: 'ref', status: 'Settled', settlementAmount: 1, settlementTime: now },
  VatNumberValidation: { vatNumber: 'NL123456789B01', evseId: 1 },
};

describe.each(PROTOCOLS)('%s', (protocol) => {
  const requests: Record<string, object> = {
    ...REQUESTS,
    Authorize: protocol === 'ocpp1.6' ? { idTag: 'TAG' } : { idToken: { idToken: 'TAG', type: 'ISO14443' } },
    MeterValues:
      protocol === 'ocpp1.6'
        ? { connectorId: 1, meterValue: [{ timestamp: now, sampledValue: [{ value: '5' }] }] }
        : { evseId: 1, meterValue },
  };
  const lane = actionsOf(protocol).filter(({ action, initiator }) => initiator !== 'csms' && laneOf(protocol, action) === 'transaction');

  it.each(lane.map(({ action }) => action))('answers %s as its schema demands', async (action) => {
    const request = requests[action] ?? {};
    expect(checkRequest(protocol, action, request, 'strict')).toMatchObject({ ok: true });
    const response = await service.receive({ protocol, station: `schema-${protocol}` }, action, request);
    expect(checkResponse(protocol, action, response, 'strict')).toMatchObject({ ok: true });
  });
});
