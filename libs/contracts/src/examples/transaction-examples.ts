import type { EventExample } from './event-example';

/** The session when it started; the later events say what had changed by then. */
const STARTED = {
  tenant: 'default',
  station: 'DE-BER-0042',
  id: '7420017a-5e9f-55a4-89f8-f706c8e0a28b',
  evse: 1,
  connector: 1,
  ocppTransactionId: 'c7d2a1',
  idToken: null,
  state: 'active',
  startedAt: '2026-11-29T18:45:57.214Z',
  endedAt: null,
  meterStartWh: null,
  meterStopWh: null,
  energyWh: null,
  stopReason: null,
  flags: [],
};

/** As they were published, on a real Kafka. */
export const TRANSACTION_EXAMPLES: readonly EventExample[] = [
  {
    about: 'A cable was plugged in; nobody has presented a token yet.',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'b73a57a3-291a-5fb1-be49-0719b4d6302f',
      ce_type: 'voltbus.transaction.started',
      ce_source: '/voltbus/default/transaction',
      ce_time: '2026-11-29T18:45:57.214Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:transaction:v1',
      'content-type': 'application/json',
    },
    value: STARTED,
  },
  {
    about: 'A token was presented, and the session charges.',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'df673050-55d1-550c-ba58-08582b7b88c2',
      ce_type: 'voltbus.transaction.updated',
      ce_source: '/voltbus/default/transaction',
      ce_time: '2026-11-29T18:45:57.276Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:transaction:v1',
      'content-type': 'application/json',
    },
    value: { ...STARTED, idToken: 'SIMULATOR' },
  },
  {
    about: 'The driver ended the session.',
    headers: {
      ce_specversion: '1.0',
      ce_id: '901f1644-91b2-5c53-9555-a47b381916a3',
      ce_type: 'voltbus.transaction.ended',
      ce_source: '/voltbus/default/transaction',
      ce_time: '2026-11-29T18:46:05.345Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:transaction-ended:v1',
      'content-type': 'application/json',
    },
    value: {
      ...STARTED,
      idToken: 'SIMULATOR',
      state: 'ended',
      endedAt: '2026-11-29T18:46:05.345Z',
      meterStartWh: 120500,
      meterStopWh: 120530,
      energyWh: 30,
      stopReason: 'Local',
      revision: 1,
      periods: [
        { kind: 'idle', startedAt: '2026-11-29T18:45:57.214Z', seconds: 0, energyWh: 0 },
        { kind: 'charging', startedAt: '2026-11-29T18:45:57.276Z', seconds: 8, energyWh: 30 },
      ],
      signedData: [],
      idTokenGroup: 'SIMULATOR',
    },
  },
];
