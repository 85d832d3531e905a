import { renameSync } from 'node:fs';
import type { Protocol } from '@voltbus/contracts';
import {
  DAY_MS,
  MAX_CERTIFICATES,
  MAX_ISSUE_TRIES,
  MAX_RENEWAL_TRIES,
  MAX_REQUESTS_A_DAY,
  MAX_SEND_TRIES,
  RENEWAL_JITTER_MS,
} from './limits';
import { CertificateFixture } from './testing/certificate-fixture';

let fixture: CertificateFixture;
beforeAll(async () => (fixture = await CertificateFixture.start()));
afterAll(() => fixture?.close());

const ACCEPTED = { status: 'Accepted' };
const request = (station: string) => fixture.openssl.request(`/O=CPO/CN=${station}`).toString();

/** A station that has asked, and has been sent its certificate. */
async function given(name: string, payload: object = {}, protocol: Protocol = 'ocpp2.1') {
  const station = await fixture.station(name, protocol);
  const csr = request(name);
  expect(await fixture.sign(station, { csr, ...payload }, protocol)).toEqual(ACCEPTED);
  await fixture.advance(station);
  return { station, csr };
}

describe('A02: a request of a station', () => {
  it.each<[Protocol, object, object]>([
    ['ocpp1.6', {}, {}],
    ['ocpp2.0.1', {}, {}],
    ['ocpp2.0.1', { certificateType: 'ChargingStationCertificate' }, { certificateType: 'ChargingStationCertificate' }],
    ['ocpp2.0.1', { certificateType: 'V2GCertificate' }, { certificateType: 'V2GCertificate' }],
    ['ocpp2.1', { requestId: 0 }, { requestId: 0 }],
    ['ocpp2.1', { certificateType: 'V2GCertificate', requestId: 7 }, { certificateType: 'V2GCertificate', requestId: 7 }],
  ])('A02.FR.11, 14, 25: is answered in %s with %j, and the certificate is sent with %j', async (protocol, asked, sent) => {
    const name = `asks-${protocol}-${Object.values(asked).join('-')}`.toLowerCase();
    const { station } = await given(name, asked, protocol);
    expect(fixture.commandsTo(station)).toHaveLength(1);
    expect(fixture.commandsTo(station)[0]?.payload).toEqual({ certificateChain: expect.stringContaining('BEGIN CERTIFICATE'), ...sent });
    expect(fixture.received(station).text).toContain(`CN=${name}`);
  });

  it('is one record up to the connection of the station by its certificate', async () => {
    const { station } = await given('whole');
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'sent', kind: 'ChargingStationCertificate' }]);
    await fixture.end(station, { response: ACCEPTED });
    await fixture.end(station, { response: ACCEPTED });
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'accepted', used_at: null }]);
    const at = new Date();
    await fixture.connectBy(station, at);
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'in-use', used_at: at }]);
    const [certificate] = await fixture.rows('certificates', station);
    expect(certificate).toMatchObject({ accepted_at: expect.any(Date), first_used_at: at, last_used_at: at });
    const later = new Date(at.getTime() + 60_000);
    await fixture.connectBy(station, later);
    await fixture.connectBy(station, at);
    expect(await fixture.rows('certificates', station)).toMatchObject([{ first_used_at: at, last_used_at: later }]);
    expect((await fixture.events(station)).map(({ type }) => type)).toEqual(['certificate-renewed']);
  });

  it('is rejected, and becomes a security event, where the station rejects its certificate', async () => {
    const { station } = await given('rejects');
    await fixture.end(station, { response: { status: 'Rejected' } });
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([
      { state: 'rejected', reason: 'the station answered Rejected' },
    ]);
    expect(await fixture.events(station)).toMatchObject([{ type: 'certificate-rejected', severity: 'warning' }]);
    await fixture.advance(station);
    expect(fixture.commandsTo(station)).toHaveLength(1);
  });

  it('A02.FR.17: is the same job when the station repeats it, under its new number, and after its answer was lost', async () => {
    const { station, csr } = await given('repeats', { requestId: 1 });
    expect(await fixture.sign(station, { csr, requestId: 2 })).toEqual(ACCEPTED);
    await fixture.end(station, { status: 'unknown' });
    await fixture.advance(station);
    expect(await fixture.sign(station, { csr, requestId: 3 })).toEqual(ACCEPTED);
    await fixture.end(station, { response: ACCEPTED });
    expect(await fixture.sign(station, { csr, requestId: 4 })).toEqual(ACCEPTED);
    await fixture.advance(station);
    const sent = fixture.commandsTo(station).map(({ payload }) => payload);
    expect(sent.map(({ requestId }) => requestId)).toEqual([1, 2, 4]);
    expect(new Set(sent.map(({ certificateChain }) => certificateChain)).size).toBe(1);
    expect(await fixture.rows('certificates', station)).toHaveLength(1);
  });

  it('gives way to another one of the same kind, and not to one of another kind', async () => {
    const station = await fixture.station('twice');
    await fixture.sign(station, { csr: request('twice'), certificateType: 'V2GCertificate' });
    await fixture.sign(station, { csr: request('twice') });
    await fixture.sign(station, { csr: request('twice') });
    await fixture.advance(station);
    const states = (await fixture.rows('certificate_requests', station)).map(({ kind, state }) => `${String(kind)} ${state}`);
    expect(states.sort()).toEqual(['ChargingStationCertificate sent', 'ChargingStationCertificate superseded', 'V2GCertificate sent']);
  });

  it(`is rejected beyond ${MAX_REQUESTS_A_DAY} in a day, and taken again a day later`, async () => {
    const station = await fixture.station('greedy');
    for (let nth = 0; nth < MAX_REQUESTS_A_DAY; nth++) expect(await fixture.sign(station, { csr: request('greedy') })).toEqual(ACCEPTED);
    const beyond = { status: 'Rejected', statusInfo: { reasonCode: 'too-many-requests' } };
    expect(await fixture.sign(station, { csr: request('greedy') })).toEqual(beyond);
    expect(await fixture.sign(station, { csr: request('greedy'), certificateType: 'V2GCertificate' })).toEqual(ACCEPTED);
    await fixture.setTimes(station, 'certificate_requests', { received_at: new Date(Date.now() - DAY_MS) });
    expect(await fixture.sign(station, { csr: request('greedy') })).toEqual(ACCEPTED);
  });

  it(`waits for a station that is not connected, and is given up after ${MAX_SEND_TRIES} attempts without an answer`, async () => {
    const { station } = await given('away');
    for (let nth = 0; nth < MAX_SEND_TRIES + 2; nth++) {
      await fixture.end(station, { status: 'offline', sentAt: null });
      await fixture.advance(station);
    }
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'sent', tries: 0 }]);
    const before = fixture.commandsTo(station).length;
    for (let nth = 0; nth < MAX_SEND_TRIES + 2; nth++) {
      await fixture.end(station, { status: 'unknown' });
      await fixture.advance(station);
    }
    expect(fixture.commandsTo(station)).toHaveLength(before + MAX_SEND_TRIES - 1);
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'failed', tries: MAX_SEND_TRIES, next_at: null }]);
    expect(await fixture.events(station)).toMatchObject([{ type: 'certificate-not-given', severity: 'warning' }]);
    // it had taken the certificate all the same
    await fixture.connectBy(station);
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'in-use' }]);
  });

  it(`waits for the authority, and is given up after ${MAX_ISSUE_TRIES} attempts`, async () => {
    const station = await fixture.station('no-ca');
    await fixture.sign(station, { csr: request('no-ca') });
    const [cert, hidden] = [fixture.openssl.path('stations.crt'), fixture.openssl.path('hidden.crt')];
    renameSync(cert, hidden);
    for (let nth = 0; nth < MAX_ISSUE_TRIES + 1; nth++) await fixture.advance(station);
    renameSync(hidden, cert);
    expect(await fixture.rows('certificate_requests', station)).toMatchObject([{ state: 'failed', tries: MAX_ISSUE_TRIES }]);
    expect(await fixture.events(station)).toMatchObject([{ type: 'certificate-not-given' }]);
    expect(fixture.commandsTo(station)).toEqual([]);
  });

  it('is rejected where the tenant names no organization, and certificates of one that takes any name none', async () => {
    const organize = (organization: string | null) =>
      fixture.service.database.query(`UPDATE device_config.tenants SET certificate_organization = $1 WHERE tenant = 'default'`, [
        organization,
      ]);
    const station = await fixture.station('organized');
    try {
      await organize(null);
      expect(await fixture.sign(station, { csr: request('organized') })).toMatchObject({ statusInfo: { reasonCode: 'no-organization' } });
      await organize('*');
      // a certificate that named the organization of another tenant would prove a station of that tenant
      expect(await fixture.sign(station, { csr: request('organized') })).toEqual(ACCEPTED);
      await fixture.advance(station);
      expect(fixture.received(station).x509.subject).toBe('CN=organized');
    } finally {
      await organize('CPO');
    }
  });

  it('is rejected of a station that does not exist', async () => {
    expect(await fixture.sign({ tenant: 'default', station: 'nobody' }, { csr: request('nobody') })).toMatchObject({ status: 'Rejected' });
  });
});

describe('A02: the renewal of a certificate', () => {
  const triggers = (station: { tenant: string; station: string }, action = 'TriggerMessage') =>
    fixture.commandsTo(station, action).map(({ payload }) => payload);
  const renewal = async (name: string) => (await fixture.rows('certificate_renewals', { tenant: 'default', station: name }))[0];

  /** A station whose certificate is in use and has so many days left of a year. */
  async function expiring(name: string, days: number, protocol: Protocol = 'ocpp2.1') {
    const { station } = await given(name, {}, protocol);
    await fixture.end(station, { response: ACCEPTED });
    const end = new Date(Date.now() + days * DAY_MS);
    await fixture.setTimes(station, 'certificates', { not_before: new Date(end.getTime() - 365 * DAY_MS), not_after: end });
    return station;
  }

  it.each<[Protocol, string, object]>([
    ['ocpp1.6', 'ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' }],
    ['ocpp2.0.1', 'TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' }],
  ])(
    'begins by itself in %s 30 days before the end, not all at once, and is done with the new certificate',
    async (protocol, action, payload) => {
      const name = `ends-${protocol}`;
      const station = await expiring(name, 29, protocol);
      await fixture.parts.renewals.beginExpiring();
      const begun = await renewal(name);
      expect(begun).toMatchObject({ state: 'waiting', actor: 'expiry' });
      const waitMs = Number(begun?.['next_at']) - Number(begun?.['started_at']);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(RENEWAL_JITTER_MS);
      await fixture.parts.renewals.sweep();
      expect(triggers(station, action)).toEqual([]);
      await fixture.renew(station);
      await fixture.parts.renewals.sweep();
      expect(triggers(station, action)).toEqual([payload]);
      await fixture.end(station, { response: ACCEPTED }, action);
      await fixture.sign(station, { csr: request(name) }, protocol);
      await fixture.advance(station);
      await fixture.end(station, { response: ACCEPTED });
      expect(await renewal(name)).toMatchObject({ state: 'done', ended_at: expect.any(Date) });
      await fixture.parts.renewals.beginExpiring();
      expect(await renewal(name)).toMatchObject({ state: 'done' });
    },
  );

  it('does not begin earlier, nor for one that was never taken, nor again for a certificate that ends no later', async () => {
    await expiring('early', 31);
    const { station } = await given('untaken');
    await fixture.setTimes(station, 'certificates', { not_after: new Date(Date.now() + DAY_MS) });
    await fixture.parts.renewals.beginExpiring();
    expect([await renewal('early'), await renewal('untaken')]).toEqual([undefined, undefined]);
  });

  it(`is given up after ${MAX_RENEWAL_TRIES} messages, with an event, and an operator may begin it again`, async () => {
    const station = await expiring('refuses', 10);
    await fixture.parts.renewals.beginExpiring();
    for (let nth = 0; nth < MAX_RENEWAL_TRIES + 2; nth++) {
      await fixture.renew(station);
      await fixture.end(station, { response: { status: 'NotImplemented' } }, 'TriggerMessage');
    }
    expect(triggers(station)).toHaveLength(MAX_RENEWAL_TRIES);
    expect(await renewal('refuses')).toMatchObject({ state: 'given-up', tries: MAX_RENEWAL_TRIES });
    expect((await fixture.events(station)).at(-1)).toMatchObject({ type: 'certificate-renewal-given-up', severity: 'warning' });
    await fixture.parts.renewals.beginExpiring();
    expect(await renewal('refuses')).toMatchObject({ state: 'given-up' });
    expect(await fixture.parts.renewals.start(station, 'ChargingStationCertificate', 'administrator')).toMatchObject({
      state: 'asked',
      tries: 1,
    });
    expect(triggers(station)).toHaveLength(MAX_RENEWAL_TRIES + 1);
  });

  it('counts no message that did not reach the station', async () => {
    const station = await expiring('offline', 10);
    await fixture.parts.renewals.start(station, 'ChargingStationCertificate', 'administrator');
    for (let nth = 0; nth < MAX_RENEWAL_TRIES + 2; nth++) {
      await fixture.end(station, { status: 'offline', sentAt: null }, 'TriggerMessage');
      await fixture.renew(station);
    }
    expect(triggers(station)).toHaveLength(MAX_RENEWAL_TRIES + 3);
    await fixture.end(station, { status: 'offline', sentAt: null }, 'TriggerMessage');
    expect(await renewal('offline')).toMatchObject({ state: 'waiting', tries: 0 });
  });

  it('cannot begin of a kind that the version of the station has not', async () => {
    const station = await fixture.station('old', 'ocpp1.6');
    await expect(fixture.parts.renewals.start(station, 'V2GCertificate', 'administrator')).rejects.toMatchObject({ code: 'conflict' });
    await expect(fixture.parts.renewals.start({ ...station, station: 'nobody' }, 'V2GCertificate', 'administrator')).rejects.toMatchObject({
      code: 'unknown-station',
    });
  });
});

describe('the revocation of a certificate', () => {
  it('makes gateways refuse it, closes the connection, and names it in the list of the CA', async () => {
    const { station } = await given('stolen');
    await fixture.connectBy(station);
    const [certificate] = await fixture.rows('certificates', station);
    const wanted = { ...station, id: String(certificate?.['id']) };
    await fixture.parts.revocations.sweep();
    await fixture.parts.revocations.revoke(wanted, { actor: 'administrator', reason: 'stolen' });
    await fixture.parts.revocations.revoke(wanted, { actor: 'administrator', reason: 'again' });
    expect(await fixture.rows('certificates', station)).toMatchObject([{ revocation_reason: 'stolen', revoked_by: 'administrator' }]);
    const [profile] = await fixture.service.profilesOf([station]);
    expect(profile?.revokedCertificates).toEqual([certificate?.['fingerprint']]);
    await fixture.parts.revocations.sweep();
    const pem = await fixture.parts.store.lists.all();
    const list = fixture.openssl.run(['crl', '-in', fixture.openssl.write('list.crl', pem), '-noout', '-text']);
    expect(list.toLowerCase()).toContain(String(certificate?.['serial']).replace(/^0+/, ''));
    await expect(
      fixture.parts.revocations.revoke({ ...wanted, id: '6a1c7c62-0000-4000-8000-000000000000' }, { actor: 'a', reason: 'r' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});

it(`keeps ${MAX_CERTIFICATES} certificates of a station that connects by ever new ones`, async () => {
  const station = await fixture.station('many');
  for (let nth = 0; nth < MAX_CERTIFICATES + 3; nth++) {
    const certificate = {
      ...{ fingerprint: nth.toString(16).padStart(64, '0'), serial: nth.toString(16), issuer: 'CN=elsewhere' },
      ...{ notBefore: new Date().toISOString(), notAfter: new Date(Date.now() + 400 * DAY_MS).toISOString() },
    };
    const event = { ...station, protocol: 'ocpp2.1', gateway: 'gw', epoch: nth, reason: 'connected' } as const;
    await fixture.parts.connected.onConnected([{ ...event, at: new Date(Date.now() + nth).toISOString(), certificate }]);
  }
  const kept = await fixture.rows('certificates', station);
  expect(kept).toHaveLength(MAX_CERTIFICATES);
  expect(kept.some(({ serial }) => serial === '0')).toBe(false);
});
