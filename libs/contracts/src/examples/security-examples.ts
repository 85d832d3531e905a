import type { EventExample } from './event-example';

/** As it was published. */
export const SECURITY_EXAMPLES: readonly EventExample[] = [
  {
    about: 'A station reported that its door was opened.',
    headers: {
      ce_specversion: '1.0',
      ce_id: '6855e0a8-40e4-5710-800c-a9ae05d70426',
      ce_type: 'voltbus.security-event.recorded',
      ce_source: '/voltbus/default/device-config',
      ce_time: '2026-11-30T01:11:48.726Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:security-event:v1',
      'content-type': 'application/json',
    },
    value: {
      id: '6855e0a8-40e4-5710-800c-a9ae05d70426',
      tenant: 'default',
      station: 'DE-BER-0042',
      source: 'station',
      type: 'TamperDetectionActivated',
      severity: 'critical',
      at: '2026-11-30T01:11:48.726Z',
      stationTime: '2026-11-30T01:11:47.426Z',
      info: 'door contact open',
      remoteAddress: null,
    },
  },
];
