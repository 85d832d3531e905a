import { until } from '@voltbus/infra';
import { makeRequest, makeRoot } from '../openssl';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION, TENANT, type RecordedSystem } from './recorded-system';

const ORGANIZATION = 'Acme';

/** A station that is asked for a new certificate, gets it, and has it revoked. */
export async function recordCertificates(
  client: RecordingClient,
  station: ScriptedStation,
  { admin, folder }: RecordedSystem,
): Promise<void> {
  await admin.api.patch('/v1/tenants/{tenant}', { path: { tenant: TENANT }, body: { certificateOrganization: ORGANIZATION } });
  const path = { station: STATION };
  await client.record('post', '/v1/stations/{station}/certificate-renewal', { path, body: { kind: 'ChargingStationCertificate' } });
  const asked = {
    csr: makeRequest(folder, `/O=${ORGANIZATION}/CN=${STATION}`),
    certificateType: 'ChargingStationCertificate',
    requestId: 3,
  };
  await station.call('SignCertificate', asked);
  await until('the station has its certificate', async () => {
    const { items } = await client.api.get('/v1/certificate-requests', { query: { state: ['accepted'] } });
    return items.length > 0;
  });
  await client.record('get', '/v1/certificate-renewals', { query: { station: [STATION] } });
  const requests = await client.record('get', '/v1/certificate-requests', { query: { station: [STATION] } });
  await client.record('get', '/v1/certificate-requests/{id}', { path: { id: requests.items[0]?.id ?? '' } });
  const { items } = await client.record('get', '/v1/certificates', { query: { station: [STATION], kind: ['ChargingStationCertificate'] } });
  const id = items[0]?.id ?? '';
  await client.record('get', '/v1/certificates/{id}', { path: { id } });
  await client.record('post', '/v1/certificates/{id}/revoke', { path: { id }, body: { reason: 'the station is sold' } });
  const list = '/v1/certificate-revocation-list';
  await until('the revocation list is there', () => client.isThere(list));
  await client.recordText(list, { query: {} });
}

/** A root for a station, and one that it has by itself and that is removed. */
export async function recordInstalledCertificates(
  client: RecordingClient,
  station: ScriptedStation,
  { folder }: RecordedSystem,
): Promise<void> {
  const path = { station: STATION };
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'a1'.repeat(32), issuerKeyHash: 'b2'.repeat(32), serialNumber: '4d2' };
  station.answer('GetInstalledCertificateIds', () => ({
    status: 'Accepted',
    certificateHashDataChain: [{ certificateType: 'V2GRootCertificate', certificateHashData: hash }],
  }));
  const list = '/v1/stations/{station}/installed-certificates';
  const body = { kind: 'CSMSRootCertificate' as const, pem: makeRoot(folder) };
  const { id } = await client.record('post', list, { path, body });
  await client.record('get', `${list}/{id}`, { path: { ...path, id } });
  await client.record('post', '/v1/stations/{station}/certificate-report', { path });
  await until('the station has told its certificates', async () => {
    const { items } = await client.api.get(list, { path, query: { state: ['foreign'] } });
    return items.length > 0;
  });
  await client.record('get', '/v1/stations/{station}/certificate-report', { path });
  const { items } = await client.record('get', list, { path, query: { kind: ['V2GRootCertificate'], limit: 50 } });
  await client.record('delete', `${list}/{id}`, { path: { ...path, id: items[0]?.id ?? '' }, query: {} });
}
