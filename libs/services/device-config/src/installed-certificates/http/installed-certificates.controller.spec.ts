import { randomUUID } from 'node:crypto';
import type { Protocol } from '@voltbus/contracts';
import { TestCertificate } from '@voltbus/testing';
import { endedCommand } from '../../testing/fake-commands';
import type { HttpFixture } from '../../testing/start-http';
import { MAX_CERTIFICATES } from '../limits';
import { InstalledCertificatesFixture, pathOf, refOf } from '../testing/installed-certificates-fixture';

const DAY_MS = 86_400_000;

let fixture: InstalledCertificatesFixture;
let http: HttpFixture;
let root: TestCertificate;
let next: TestCertificate;
beforeAll(async () => {
  ({ http, root, next } = fixture = await InstalledCertificatesFixture.start());
});
beforeEach(() => http.commands.forget());
afterAll(() => http?.close());

describe('M05: installing a root', () => {
  it.each<[Protocol, string]>([
    ['ocpp1.6', 'CentralSystemRootCertificate'],
    ['ocpp2.0.1', 'CSMSRootCertificate'],
  ])('TC_M_01, 1.6 M05: is sent to a station of %s as %s, and found again on its list', async (protocol, certificateType) => {
    const name = await fixture.station(protocol);
    const { status, body } = await fixture.install(name, root);
    expect([status, body.state, body.answer]).toEqual([201, 'installed', 'Accepted']);
    expect(body).toMatchObject({ kind: 'CSMSRootCertificate', subject: 'CN=Root 1', reported: null });
    expect(http.commands.payloadsOf('InstallCertificate')).toEqual([{ certificateType, certificate: root.pem.trim() }]);
    fixture.store.algorithm = 'SHA512';
    expect((await fixture.report(name)).body).toMatchObject({ outcomes: protocol === 'ocpp1.6' ? ['Accepted', 'NotFound'] : ['Accepted'] });
    expect(await fixture.all(name)).toEqual([
      expect.objectContaining({ id: body.id, state: 'installed', reported: fixture.store.hashData(root) }),
    ]);
    expect((await fixture.install(name, root)).status).toBe(409); // it has it
  });

  it('M05.FR.07 is refused here for what no station would take, and nothing is sent', async () => {
    const name = await fixture.station('ocpp2.0.1');
    const soon = { notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 2 * DAY_MS) };
    const wrong: [string, string][] = [
      ['is not one certificate', 'hello'],
      ['is not one certificate', root.pem + next.pem],
      ['is not one certificate', `${root.pem}x`],
      ['is not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
      ['not a certificate of a CA', (await root.leaf('leaf')).pem],
      ['has expired', (await TestCertificate.root('Old', { notAfter: new Date(Date.now() - 1_000) })).pem],
      ['is not valid before', (await TestCertificate.root('New', soon)).pem],
      ['weaker algorithm', (await TestCertificate.root('Weak', { digest: 'SHA-1' })).pem],
      ['key that is too weak', (await TestCertificate.root('Weak', { rsaBits: 1_024 })).pem],
      ['5500 characters', (await TestCertificate.root('x'.repeat(3_000))).pem],
    ];
    for (const [detail, pem] of wrong)
      expect(await fixture.install(name, { pem })).toMatchObject({
        status: 422,
        body: { errors: [{ path: '/pem', message: expect.stringContaining(detail) }] },
      });
    expect(await fixture.install(name, root, { kind: 'OEMRootCertificate' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/kind' }] },
    });
    expect(await fixture.install(await fixture.station('ocpp1.6'), root, { kind: 'V2GRootCertificate' })).toMatchObject({ status: 422 });
    expect(await fixture.install('nobody', root)).toMatchObject({ status: 404 });
    expect(http.commands.sent).toEqual([]);
  });

  it('TC_M_05, M05.FR.03: keeps what came of it, and one that was refused may be sent again', async () => {
    const name = await fixture.station();
    fixture.store.refuses = 'Failed';
    expect((await fixture.install(name, root)).body).toMatchObject({ state: 'refused', answer: 'Failed' });
    http.commands.answer('InstallCertificate', () => ({ status: 'unknown' }));
    expect((await fixture.install(name, root)).body).toMatchObject({ state: 'installing', answer: 'unknown' });
    fixture.store.refuses = null;
    fixture.store.holds('CSMSRootCertificate', root);
    await fixture.report(name);
    expect(await fixture.all(name)).toMatchObject([{ state: 'installed', answer: 'unknown' }]);
    fixture.store.held.splice(0);
    await fixture.report(name);
    expect(await fixture.all(name)).toMatchObject([{ state: 'missing' }]);
  });

  it.each<[Protocol, object, string | null, number | null]>([
    ['ocpp2.1', { component: 'SecurityCtrlr', variable: 'CertificateEntries' }, '0', 1],
    ['ocpp1.6', { key: 'CertificateStoreMaxLength' }, '1', null],
  ])('M05.FR.06, 1.6 M05.FR.03: is refused beyond the store of a station of %s', async (protocol, given, value, limit) => {
    const name = await fixture.station(protocol);
    await fixture.tells(name, protocol, given, value, limit);
    expect((await fixture.install(name, root)).status).toBe(201);
    expect(await fixture.install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no more than 1') } });
    await fixture.tells(name, protocol, given, 'x'.repeat(100), null); // what cannot be read is no limit
    if (protocol === 'ocpp1.6') expect((await fixture.install(name, next)).status).toBe(201);
  });

  it('is refused beyond the size that the station tells', async () => {
    const name = await fixture.station();
    await fixture.tells(name, 'ocpp2.1', { component: 'SecurityCtrlr', variable: 'MaxCertificateChainSize' }, '200');
    expect(await fixture.install(name, root)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('200 bytes') } });
  });

  it('M05.FR.09, FR.10: with AdditionalRootCertificateCheck the root before must have signed the next, and there is no third', async () => {
    const name = await fixture.station();
    await fixture.tells(name, 'ocpp2.1', { component: 'SecurityCtrlr', variable: 'AdditionalRootCertificateCheck' }, 'true');
    const signed = await root.ca('Root 1, second');
    fixture.knows([root, next, signed], 'ocpp2.1');
    expect((await fixture.install(name, root)).status).toBe(201);
    expect(await fixture.install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('signed it') } });
    expect((await fixture.install(name, next, { kind: 'ManufacturerRootCertificate' })).status).toBe(201);
    expect((await fixture.install(name, signed)).status).toBe(201);
    expect(await fixture.install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no third') } });
  });
});

describe('M03: what a station has installed', () => {
  it('TC_M_12 to TC_M_19: of all kinds and algorithms, chains with what is below, and nothing', async () => {
    const name = await fixture.station();
    const sub = await root.ca('Sub');
    const leaf = await sub.leaf('SECC');
    fixture.store.algorithm = 'SHA384';
    for (const type of ['V2GRootCertificate', 'MORootCertificate', 'OEMRootCertificate']) fixture.store.holds(type, root);
    fixture.store.holds('V2GCertificateChain', leaf, [sub, root]);
    fixture.store.holds('CSMSRootCertificate', root);
    fixture.store.holds('CSMSRootCertificate', root); // twice
    await fixture.report(name);
    expect(http.commands.payloadsOf('GetInstalledCertificateIds')).toEqual([{}]);
    expect((await fixture.states(name)).length).toBe(5);
    const chain = (await fixture.all(name)).find(({ kind }) => kind === 'V2GCertificateChain');
    expect(chain).toMatchObject({
      state: 'foreign',
      pem: null,
      reported: fixture.store.hashData(leaf),
      children: [fixture.store.hashData(sub), fixture.store.hashData(root)],
    });
    // asked for by hand: the answer speaks of that kind only
    fixture.store.held.splice(0);
    const payload = { certificateType: ['MORootCertificate'] };
    await fixture.block.reports.onEnded(
      endedCommand({ ...refOf(name), action: 'GetInstalledCertificateIds', payload, response: { status: 'NotFound' } }),
    );
    expect((await fixture.states(name)).filter((one) => one.endsWith('deleted'))).toEqual(['MORootCertificate deleted']);
    await fixture.report(name);
    expect((await fixture.states(name)).every((one) => one.endsWith('deleted'))).toBe(true);
  });

  it('takes hostile lists: repeats, surrogates, NUL, thousands, nonsense; what is too much is counted', async () => {
    const name = await fixture.station();
    const odd = { hashAlgorithm: 'SHA256', issuerNameHash: '\ud800\u0000', issuerKeyHash: '', serialNumber: '9'.repeat(5_000) };
    const many = Array.from({ length: 3_000 }, (_, nth) => ({ ...odd, serialNumber: String(nth) }));
    const chains = [odd, odd, ...many].map((certificateHashData) => ({ certificateType: 'CSMSRootCertificate', certificateHashData }));
    const nonsense = [
      null,
      7,
      { certificateType: 'Unknown', certificateHashData: odd },
      { certificateType: 'CSMSRootCertificate', certificateHashData: 'x' },
    ];
    http.commands.answer('GetInstalledCertificateIds', () => ({
      response: { status: 'Accepted', certificateHashDataChain: [...nonsense, ...chains] },
    }));
    expect((await fixture.report(name)).body).toMatchObject({ notKept: 3_001 - MAX_CERTIFICATES });
    const [{ count }] = await http.service.database.query(
      'SELECT count(*)::integer AS count FROM device_config.installed_certificates WHERE station = $1',
      [name],
    );
    expect(count).toBe(MAX_CERTIFICATES);
    expect((await fixture.install(name, root)).status).toBe(409); // no place is left
    for (const response of [null, 'x', {}, { status: 'Accepted', certificateHashDataChain: 'x' }, { status: '\ud800' }])
      await fixture.block.reports.onEnded(
        endedCommand({ ...refOf(name), action: 'GetInstalledCertificateIds', payload: { certificateType: [] }, response }),
      );
    await fixture.block.reports.onEnded(
      endedCommand({ tenant: 'other', station: name, action: 'GetInstalledCertificateIds', payload: {}, response: null }),
    );
  });
});

describe('M04: removing a certificate', () => {
  it('TC_M_20, TC_M_21, M04.FR.07: is asked for by the hashes that the station told, and its answer is kept', async () => {
    const name = await fixture.station('ocpp2.0.1', 1); // without TLS nothing is lost
    const { body } = await fixture.install(name, root);
    expect(await fixture.remove(name, body)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('has not reported') } });
    fixture.store.algorithm = 'SHA384';
    await fixture.report(name);
    fixture.store.refuses = 'Failed';
    expect(await fixture.remove(name, body)).toMatchObject({ status: 202, body: { state: 'installed', answer: 'Failed' } });
    fixture.store.refuses = null;
    expect(await fixture.remove(name, body)).toMatchObject({ status: 202, body: { state: 'deleted', answer: 'Accepted' } });
    expect(http.commands.payloadsOf('DeleteCertificate')).toEqual([
      { certificateHashData: fixture.store.hashData(root) },
      { certificateHashData: fixture.store.hashData(root) },
    ]);
    expect(await fixture.remove(name, body)).toMatchObject({ status: 409 });
    for (const id of [randomUUID(), 'x']) expect(await fixture.remove(name, { id })).toMatchObject({ status: 404 });
  });

  it('M04.FR.06: is refused for the root by which the station connects, the only one, and where nobody knows, unless an operator does', async () => {
    const name = await fixture.station();
    const first = (await fixture.install(name, root)).body;
    await fixture.report(name);
    expect(await fixture.remove(name, first, '?unproven=true')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('only root') },
    });
    const second = (await fixture.install(name, next)).body;
    await fixture.report(name);
    expect(await fixture.remove(name, first)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('unproven=true') } });
    await fixture.connects(name, [root]);
    expect(await fixture.remove(name, first, '?unproven=true')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('connects by this root') },
    });
    expect(await fixture.remove(name, second)).toMatchObject({ status: 202, body: { state: 'deleted' } });
    await fixture.install(name, next);
    await fixture.connects(name, null);
    expect(await fixture.remove(name, first, '?unproven=yes')).toMatchObject({ status: 400 });
    expect(await fixture.remove(name, first, '?unproven=true')).toMatchObject({ status: 202, body: { state: 'deleted' } });
  });
});

it('goes with its station, and is of the tenant only', async () => {
  const name = await fixture.station();
  const { body } = await fixture.install(name, root);
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
  await http.request('PUT', `/v1/stations/${name}`, {}, 'acme');
  expect(await http.request('GET', pathOf(name, `/${body.id}`), undefined, 'acme')).toMatchObject({ status: 404 });
  expect(await http.request('DELETE', pathOf(name, `/${body.id}`), undefined, 'acme')).toMatchObject({ status: 404 });
  expect(await http.request('DELETE', `/v1/stations/${name}`)).toMatchObject({ status: 204 });
  expect(await http.service.database.query('SELECT FROM device_config.installed_certificates WHERE station = $1', [name])).toEqual([]);
});
