import type { EventExample } from './event-example';

/** The connection when it was opened; its end differs in time and reason. */
const CONNECTED = {
  tenant: 'default',
  station: 'DE-BER-0042',
  protocol: 'ocpp2.0.1',
  gateway: 'gateway-1-70b9f90f',
  epoch: 1795974227676805,
  at: '2026-11-29T17:43:47.678Z',
  reason: 'connected',
  remoteAddress: '127.0.0.1',
};

/** As they were published, on a real Kafka. */
export const STATION_EXAMPLES: readonly EventExample[] = [
  {
    about: 'A station opened its connection.',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'b4c458fc-4744-567a-8304-f38c55457e5a',
      ce_type: 'voltbus.station.connected',
      ce_source: '/voltbus/default/gateway',
      ce_time: '2026-11-29T17:43:47.678Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:connection:v1',
      'content-type': 'application/json',
    },
    value: CONNECTED,
  },
  {
    about: 'It closed it without a reason.',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'f0135c5c-bbe3-5de3-b078-50967c649fba',
      ce_type: 'voltbus.station.disconnected',
      ce_source: '/voltbus/default/gateway',
      ce_time: '2026-11-29T17:43:56.012Z',
      ce_subject: 'default/DE-BER-0042',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:connection:v1',
      'content-type': 'application/json',
    },
    value: { ...CONNECTED, at: '2026-11-29T17:43:56.012Z', reason: 'code 1005' },
  },
  {
    about: 'Somebody gave the name of a station and a wrong password.',
    headers: {
      ce_specversion: '1.0',
      ce_id: '1665cf2d-95cd-5877-86ea-60b3c8353496',
      ce_type: 'voltbus.station.refused',
      ce_source: '/voltbus/default/gateway',
      ce_time: '2026-11-29T17:41:01.564Z',
      ce_subject: 'default/SIM-3-0033',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:connection-refused:v1',
      'content-type': 'application/json',
    },
    value: {
      tenant: 'default',
      station: 'SIM-3-0033',
      remoteAddress: '127.0.0.1',
      reason: 'wrong-credentials',
      at: '2026-11-29T17:41:01.564Z',
    },
  },
  {
    about: 'OCPP 2.0.1 was agreed on, and the station booted as one of 1.6.',
    headers: {
      ce_specversion: '1.0',
      ce_id: '52ef7193-83dd-5bb9-916f-dcef2aca98c5',
      ce_type: 'voltbus.station.protocol-mismatch',
      ce_source: '/voltbus/default/gateway',
      ce_time: '2026-11-29T17:41:24.410Z',
      ce_subject: 'default/SIM-5-0008',
      ce_tenantid: 'default',
      ce_dataschema: 'urn:voltbus:schema:protocol-mismatch:v1',
      'content-type': 'application/json',
    },
    value: {
      tenant: 'default',
      station: 'SIM-5-0008',
      protocol: 'ocpp2.0.1',
      spoken: 'ocpp1.6',
      action: 'BootNotification',
      gateway: 'gateway-1-70b9f90f',
      epoch: 1795974084408333,
      at: '2026-11-29T17:41:24.410Z',
    },
  },
];
