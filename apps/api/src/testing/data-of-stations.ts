import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

/** Ids of what `storeDataOf` has stored of one station, by the part of the path that names it. */
export interface DataOfStation {
  transaction: string;
  cdr: string;
  remoteStart: string;
  remoteStop: string;
  reservation: string;
  exclusion: string;
  update: string;
  log: string;
  reset: string;
  publication: string;
  customerInformation: string;
  certificate: string;
  certificateRequest: string;
  installed: string;
}

const AT = '2026-01-01T00:00:00.000Z';
const ENDED = '2026-01-01T01:00:00.000Z';
const FAR = '2099-01-01T00:00:00.000Z';

type StoredRow = readonly [table: string, row: Readonly<Record<string, unknown>>];

/** Stores one of everything that services keep of a station, as they write it, so that every list and item of the API has something of it. */
export async function storeDataOf(databaseUrl: string, tenant: string, station: string): Promise<DataOfStation> {
  const ids = {
    ...{ transaction: randomUUID(), cdr: randomUUID(), remoteStart: randomUUID(), remoteStop: randomUUID() },
    ...{ reservation: randomUUID(), exclusion: randomUUID(), update: randomUUID(), log: randomUUID(), reset: randomUUID() },
    publication: randomUUID(),
    ...{ customerInformation: randomUUID(), certificate: randomUUID(), certificateRequest: randomUUID(), installed: randomUUID() },
  };
  const database = await new DataSource({ type: 'postgres', url: databaseUrl }).initialize();
  try {
    for (const [table, row] of rowsOf(tenant, station, ids)) {
      const names = Object.keys(row);
      const places = names.map((_name, at) => `$${at + 1}`).join(', ');
      await database.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, Object.values(row));
    }
  } finally {
    await database.destroy();
  }
  return ids;
}

function rowsOf(tenant: string, station: string, ids: DataOfStation): StoredRow[] {
  const of = { tenant, station };
  const { transaction, cdr, remoteStart, remoteStop } = ids;
  const issuedAt = new Date(Date.parse(ENDED) + (station.codePointAt(0) ?? 0) * 1_000 + Number(station.at(-1))).toISOString(); // no two are issued at once
  const view = {
    ...{ id: transaction, tenant, station, evse: 1, connector: 1, ocppTransactionId: '1', idToken: 'T', state: 'ended', flags: [] },
    ...{ startedAt: AT, endedAt: ENDED, meterStartWh: 0, meterStopWh: 9, energyWh: 9, stopReason: null },
  };
  const state = {
    ...of,
    transaction,
    ocppTransactionId: '1',
    reference: '1',
    evse: 1,
    startedAt: Date.parse(AT),
    endedAt: Date.parse(ENDED),
  };
  const protocol = 'ocpp1.6';
  return [
    [
      'transactions.transactions',
      { ...of, id: transaction, reference: '1', protocol, evse: 1, started_at: AT, ended_at: ENDED, state, view, revision: 1, updates: 1 },
    ],
    [
      'transactions.settlements',
      { ...of, psp_ref: '1', status: 'Settled', settled_at: AT, ocpp_transaction_id: '', amount: 1, said: {}, received_at: AT },
    ],
    [
      'transactions.remote_starts',
      { ...of, remote_start_id: 1, token: 'T', id_token: 'T', asked_at: AT, command: remoteStart, refusal: 'Rejected' },
    ],
    ['transactions.remote_stops', { ...of, command: remoteStop, transaction, asked_at: AT, refusal: 'Rejected' }],
    [
      'cdr.cdrs',
      {
        ...{ ...of, id: cdr, transaction, revision: 1, kind: 'charge', started_at: AT, issued_at: issuedAt },
        body: {
          id: cdr,
          ...of,
          transaction,
          kind: 'charge',
          startedAt: AT,
          endedAt: ENDED,
          issuedAt,
          flags: [],
          cost: { currency: 'EUR', total: '1', totalInclTax: '1' },
        },
      },
    ],
    [
      'device_config.security_events',
      { ...of, id: randomUUID(), source: 'station', type: 'InvalidFirmwareSignature', severity: 'critical', at: AT },
    ],
    [
      'device_config.refused_connections',
      { ...of, address: '192.0.2.1', reason: 'password', times: 1, first_at: AT, last_at: AT, of_tenant: true },
    ],
    ...deviceRowsOf(of, ids),
  ];
}

/** What blocks of device management and reservations keep. */
function deviceRowsOf(of: { tenant: string; station: string }, ids: DataOfStation): StoredRow[] {
  const { reservation, exclusion, update, publication, log, reset, customerInformation } = ids;
  const [event, alert] = [randomUUID(), randomUUID()];
  return [
    ...certificateRowsOf(of, ids),
    [
      'device_config.device_events',
      { ...of, id: event, at: AT, component: 'Connector', variable: 'Problem', trigger: 'Alerting', body: { ...of, id: event } },
    ],
    ['device_config.alerts', { ...of, id: alert, key: randomUUID(), raised_at: AT, last_at: AT, epoch: 1, body: { ...of, id: alert } }],
    ['device_config.connectors', { ...of, evse: 1, connector: 1, status: 'Available', changed_at: AT, epoch: 1 }],
    [
      'device_config.uptime_exclusions',
      { ...of, id: exclusion, begins_at: AT, ends_at: ENDED, reason: 'vandalism', created_by: 'spec', created_at: AT },
    ],
    ['device_config.password_rotations', { ...of, id: randomUUID(), state: 'done', actor: 'spec', started_at: AT, ended_at: ENDED }],
    [
      'device_config.station_requests',
      {
        ...{ ...of, id: update, kind: 'firmware', request_id: 1, subject: 'two', requested_by: 'spec', created_at: AT, expires_at: ENDED },
        body: { image: { image: 'two', firmwareVersion: null, signature: null }, versionBefore: null, retrieveAt: null, installAt: null },
      },
    ],
    [
      'device_config.station_requests',
      {
        ...{ ...of, id: publication, kind: 'publication', request_id: 1, subject: 'two', requested_by: 'spec', created_at: AT },
        expires_at: ENDED,
        body: { image: { image: 'two' }, checksum: 'a'.repeat(32), locations: [], runHours: 1, retries: null, retryIntervalSeconds: null },
      },
    ],
    [
      'device_config.station_requests',
      {
        ...{ ...of, id: log, kind: 'log', request_id: 1, subject: 'SecurityLog', requested_by: 'spec', created_at: AT, expires_at: ENDED },
        body: {
          from: null,
          to: null,
          uploadTo: null,
          retries: null,
          retryIntervalSeconds: null,
          runHours: 4,
          fileName: null,
          uploadFault: null,
          rebootedAt: null,
        },
      },
    ],
    [
      'device_config.station_requests',
      {
        ...{ ...of, id: reset, kind: 'reset', request_id: 1, subject: 'OnIdle', requested_by: 'spec', created_at: AT, expires_at: FAR },
        ...{ state: 'accepted', sent_at: AT, accepted_at: AT },
        body: { evse: null, runHours: 1, scheduled: false, bootReason: null },
      },
    ],
    [
      'device_config.station_requests',
      {
        ...{ ...of, id: customerInformation, kind: 'customer-information', request_id: 1, subject: 'clear', requested_by: 'spec' },
        ...{ created_at: AT, expires_at: ENDED },
        body: {
          ...{ report: false, clear: true, idToken: null, customerIdentifier: 'Ann', customerCertificate: null, runHours: 1 },
          ...{ received: [], lastPart: null, characters: 0, notKept: 0, removed: false },
        },
      },
    ],
    [
      'transactions.reservations',
      {
        ...{ ...of, id: reservation, reservation_id: 1, id_token: 'T', token: 'T', state: 'expired', command: randomUUID(), changes: 1 },
        ...{ created_at: AT, expires_at: ENDED, ended_at: ENDED },
      },
    ],
  ];
}

function certificateRowsOf(
  of: { tenant: string; station: string },
  { certificate, certificateRequest, installed }: DataOfStation,
): StoredRow[] {
  const kind = 'ChargingStationCertificate';
  const ofCa = { fingerprint: certificate.replaceAll('-', ''), serial: '1', issuer: 'CN=CA', not_before: AT, not_after: ENDED };
  return [
    ['device_config.certificates', { ...of, id: certificate, kind, ...ofCa, added_at: AT }],
    [
      'device_config.installed_certificates',
      { ...of, id: installed, kind: 'CSMSRootCertificate', state: 'foreign', identity: { serial: '1', hashes: {} }, changed_at: AT },
    ],
    [
      'device_config.security_profile_upgrades',
      { ...of, id: installed, state: 'done', step: 'change', target: 2, network: {}, actor: 'spec', started_at: AT, ended_at: ENDED },
    ],
    [
      'device_config.certificate_requests',
      {
        ...{ ...of, id: certificateRequest, kind, named: true, protocol: 'ocpp2.1', digest: 'd', csr: Buffer.of(0), state: 'rejected' },
        ...{ tries: 0, published: false, certificate, received_at: AT },
      },
    ],
    [
      'device_config.certificate_renewals',
      { ...of, kind, state: 'done', tries: 1, published: true, actor: 'expiry', started_at: AT, ended_at: AT },
    ],
  ];
}
