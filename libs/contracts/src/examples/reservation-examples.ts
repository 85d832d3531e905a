import type { EventExample } from './event-example';

/** As it was published. */
export const RESERVATION_EXAMPLES: readonly EventExample[] = [
  {
    about: 'The station keeps an EVSE for a driver.',
    headers: {
      ce_specversion: '1.0',
      ce_id: '5a0d6c3e-5b3f-5c57-9f0c-0b6f3d9a7c12',
      ce_type: 'voltbus.reservation.changed',
      ce_source: '/voltbus/default/transaction',
      ce_time: '2026-11-30T04:51:06.345Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:reservation:v1',
      'content-type': 'application/json',
    },
    value: {
      id: 'f0a4c0de-8f1e-4b0a-9a35-2f7a1c1f6d20',
      tenant: 'default',
      station: 'DE-BER-0042',
      reservationId: 1893450127,
      evse: 1,
      connectorType: null,
      idToken: '04A1B2C3',
      groupId: null,
      state: 'reserved',
      answer: 'Accepted',
      cancellation: null,
      update: null,
      createdAt: '2026-11-30T04:51:06.101Z',
      expiresAt: '2026-11-30T05:21:00.000Z',
      endedAt: null,
      transaction: null,
    },
  },
];
