import type { EventExample } from './event-example';

/** As they were published, on a real Kafka. */
export const COMMAND_EXAMPLES: readonly EventExample[] = [
  {
    about: 'A station answered a TriggerMessage.',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'dbc560de-c012-53a5-92b7-1ff091c8bc03',
      ce_type: 'voltbus.command.ended',
      ce_source: '/voltbus/default/router',
      ce_time: '2026-11-29T17:42:23.553Z',
      ce_subject: 'default/SIM-9-0001',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:command:v1',
      'content-type': 'application/json',
    },
    value: {
      id: '4b591b62-f7b9-4ff7-913e-597d6527fcf1',
      tenant: 'default',
      station: 'SIM-9-0001',
      action: 'RemoteStopTransaction',
      payload: { transactionId: 1330416446 },
      status: 'answered',
      response: { status: 'Accepted' },
      error: null,
      createdAt: '2026-11-29T17:42:23.445Z',
      sentAt: '2026-11-29T17:42:23.520Z',
      endedAt: '2026-11-29T17:42:23.553Z',
    },
  },
];
