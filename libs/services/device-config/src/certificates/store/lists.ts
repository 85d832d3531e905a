import { among, before, notBefore, type ListDefinition } from '@voltbus/database';
import type { CertificateKind } from '../domain/certificate-kind';
import type { RequestState } from '../domain/certificate-request';
import type { RenewalState } from '../domain/renewal';
import { CERTIFICATE, RENEWAL, REQUEST } from './typeorm-rows';

export interface CertificateFilters {
  station?: string[] | undefined;
  kind?: CertificateKind[] | undefined;
  /** Exclusive, and inclusive. */
  expiresBefore?: string | undefined;
  expiresAfter?: string | undefined;
}
export type CertificateSort = 'expiresAt';

/** `GET /v1/certificates`. */
export const CERTIFICATE_LIST: ListDefinition<CertificateFilters, CertificateSort> = {
  columns: CERTIFICATE,
  from: 'device_config.certificates',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { expiresAt: [{ sql: 'not_after', type: 'timestamptz' }] },
  filters: { station: among('station'), kind: among('kind'), expiresBefore: before('not_after'), expiresAfter: notBefore('not_after') },
};

export interface RequestFilters {
  station?: string[] | undefined;
  kind?: CertificateKind[] | undefined;
  state?: RequestState[] | undefined;
}
export type RequestSort = 'receivedAt';

/** `GET /v1/certificate-requests`. */
export const REQUEST_LIST: ListDefinition<RequestFilters, RequestSort> = {
  columns: REQUEST,
  from: 'device_config.certificate_requests',
  owner: 'tenant',
  station: 'station',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { receivedAt: [{ sql: 'received_at', type: 'timestamptz' }] },
  filters: { station: among('station'), kind: among('kind'), state: among('state') },
};

export interface RenewalFilters {
  station?: string[] | undefined;
  kind?: CertificateKind[] | undefined;
  state?: RenewalState[] | undefined;
}
export type RenewalSort = 'startedAt';

/** `GET /v1/certificate-renewals`. */
export const RENEWAL_LIST: ListDefinition<RenewalFilters, RenewalSort> = {
  columns: RENEWAL,
  from: 'device_config.certificate_renewals',
  owner: 'tenant',
  station: 'station',
  id: [
    { sql: 'station', type: 'text' },
    { sql: 'kind', type: 'text' },
  ],
  sorts: { startedAt: [{ sql: 'started_at', type: 'timestamptz' }] },
  filters: { station: among('station'), kind: among('kind'), state: among('state') },
};
