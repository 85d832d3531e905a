import type { EventExample } from './event-example';

const HEADERS = {
  ce_specversion: '1.0',
  ce_source: '/voltbus/default/device-config',
  ce_time: '2026-11-30T05:02:11.318Z',
  ce_subject: 'default/DE-BER-0042',
  ce_tenantid: 'default',
  'content-type': 'application/json',
};
const PLACE = {
  ...{ tenant: 'default', station: 'DE-BER-0042', evse: 1, connector: 1 },
  ...{ component: 'Connector', componentInstance: null, variable: 'Problem', variableInstance: null },
};
const FAULT = { code: 'CX014', meaning: 'PilotFault (ChargeX MREC)', info: 'pilot out of range' };
const ALERT = {
  kind: 'component',
  rule: null,
  ...PLACE,
  ...{ id: '5c2d5c0e-6b58-5d0e-9f2f-3c1be8f0a7d4', monitor: null, severity: 3, value: 'true', ...FAULT },
  ...{ raisedAt: '2026-11-30T05:02:11.318Z', clearedAt: null, events: 1 },
};

export const DEVICE_EVENT_EXAMPLES: readonly EventExample[] = [
  {
    about: 'A station told that a connector has a problem.',
    headers: {
      ...HEADERS,
      ce_id: '0b0f2f0c-52a1-5d0c-8c56-0e6f3f2b9a11',
      ce_type: 'voltbus.device-event.recorded',
      ce_dataschema: 'urn:voltbus:schema:device-event:v1',
    },
    value: {
      ...{ id: '0b0f2f0c-52a1-5d0c-8c56-0e6f3f2b9a11', ...PLACE, eventId: 7, cause: null, trigger: 'Alerting' },
      ...{ notificationType: 'HardWiredNotification', monitor: null, severity: 3, value: 'true', cleared: false, ...FAULT },
      ...{ ocppTransactionId: null, at: '2026-11-30T05:02:11.318Z', stationTime: '2026-11-30T05:02:10.000Z' },
    },
  },
  {
    about: 'The alert that it raised.',
    headers: {
      ...HEADERS,
      ce_id: '1f6d7c3a-9c0b-5b44-8a57-8f1f5f0b2c22',
      ce_type: 'voltbus.alert.raised',
      ce_dataschema: 'urn:voltbus:schema:alert:v1',
    },
    value: ALERT,
  },
  {
    about: 'The same alert, cleared.',
    headers: {
      ...HEADERS,
      ce_id: '2a7e8d4b-0d1c-5c55-9b68-9a2a6a1c3d33',
      ce_type: 'voltbus.alert.cleared',
      ce_dataschema: 'urn:voltbus:schema:alert:v1',
    },
    value: { ...ALERT, clearedAt: '2026-11-30T05:09:40.002Z' },
  },
];
