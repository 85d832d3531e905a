import { createHash, randomUUID } from 'node:crypto';
import { CONNECTIONS, type Protocol } from '@voltbus/contracts';
import { TestCertificate } from '@voltbus/testing';
import { givenId, nameFor } from '../../device-model';
import { endedCommand } from '../../testing/fake-commands';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { LOST_RESULT_MS, MAX_CERTIFICATES } from '../limits';
import { CertificateStore } from '../testing/certificate-store';

interface Shown {
  id: string;
  state: string;
  answer: string | null;
  reported: object | null;
  [member: string]: unknown;
}

const DAY_MS = 86_400_000;
let http: HttpFixture;
let root: TestCertificate;
let next: TestCertificate;
let store: CertificateStore;
let stations = 0;
beforeAll(async () => {
  [http, root, next] = await Promise.all([startHttp(), TestCertificate.root('Root 1'), TestCertificate.root('Root 2')]);
});
beforeEach(() => http.commands.forget());
afterAll(() => http?.close());

const ref = (station: string) => ({ tenant: 'default', station });
const path = (name: string, more = '') => `/v1/stations/${name}/installed-certificates${more}`;
const block = () => http.service.installedCertificates;

/** A connected station, and what it has installed. */
async function station(protocol: Protocol = 'ocpp2.1', profile = 2): Promise<string> {
  const name = `CS-I${++stations}`;
  await http.request('PUT', `/v1/stations/${name}`, {});
  await http.service.database.query(
    'UPDATE device_config.stations SET protocol = $2, online = true, used_profile = $3 WHERE station = $1',
    [name, protocol, profile],
  );
  store = new CertificateStore([root, next], protocol);
  store.behind(http.commands);
  return name;
}
const install = (name: string, { pem }: { pem: string }, more: object = {}) =>
  http.request<Shown>('POST', path(name), { kind: 'CSMSRootCertificate', pem, ...more });
const report = (name: string) => http.request('POST', `/v1/stations/${name}/certificate-report`);
const all = async (name: string) => (await http.request<{ items: Shown[] }>('GET', path(name, '?sort=changedAt'))).body.items;
const states = async (name: string) => (await all(name)).map(({ kind, state }) => `${String(kind)} ${state}`).sort();
const remove = (name: string, { id }: { id: string }, more = '') => http.request<Shown>('DELETE', path(name, `/${id}${more}`));

async function tells(name: string, protocol: Protocol, given: object, value: string | null, maxLimit: number | null = null): Promise<void> {
  const named = nameFor(protocol, given);
  if (named === null) throw new Error(`no name ${givenId(given)}`);
  const characteristics = { dataType: null, unit: null, minLimit: null, maxLimit, valuesList: null, supportsMonitoring: null };
  const observations = [{ name: named, attributes: [{ type: 'Actual' as const, value }], characteristics }];
  await http.service.deviceModel.model.observe(ref(name), observations, { source: 'report', at: new Date() });
}

let epochs = 0;
/** The station comes, over a server certificate that these CAs have issued; null: TLS ends elsewhere. */
async function connects(name: string, issuers: readonly TestCertificate[] | null, securityProfile = 2): Promise<void> {
  const hashOf = ({ certificate }: TestCertificate) =>
    createHash('sha256').update(new Uint8Array(certificate.subject.toSchema().toBER())).digest('hex');
  const named = issuers?.map((one) => ({ nameHash: hashOf(one), keyId: null }));
  const event = { ...ref(name), protocol: 'ocpp2.1', gateway: 'gw', epoch: ++epochs, reason: 'connected', securityProfile };
  await http.deliver(CONNECTIONS.events.connected, [
    { ...event, at: new Date(Date.now() + 1_000).toISOString(), ...(named === undefined ? {} : { serverIssuers: named }) },
  ]);
}

describe('M05: installing a root', () => {
  it.each<[Protocol, string]>([
    ['ocpp1.6', 'CentralSystemRootCertificate'],
    ['ocpp2.0.1', 'CSMSRootCertificate'],
  ])('TC_M_01, 1.6 M05: is sent to a station of %s as %s, and found again on its list', async (protocol, certificateType) => {
    const name = await station(protocol);
    const { status, body } = await install(name, root);
    expect([status, body.state, body.answer]).toEqual([201, 'installed', 'Accepted']);
    expect(body).toMatchObject({ kind: 'CSMSRootCertificate', subject: 'CN=Root 1', reported: null });
    expect(http.commands.payloadsOf('InstallCertificate')).toEqual([{ certificateType, certificate: root.pem.trim() }]);
    store.algorithm = 'SHA512';
    expect((await report(name)).body).toMatchObject({ outcomes: protocol === 'ocpp1.6' ? ['Accepted', 'NotFound'] : ['Accepted'] });
    expect(await all(name)).toEqual([expect.objectContaining({ id: body.id, state: 'installed', reported: store.hashData(root) })]);
    expect((await install(name, root)).status).toBe(409); // it has it
  });

  it('M05.FR.07 is refused here for what no station would take, and nothing is sent', async () => {
    const name = await station('ocpp2.0.1');
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
      expect(await install(name, { pem })).toMatchObject({
        status: 422,
        body: { errors: [{ path: '/pem', message: expect.stringContaining(detail) }] },
      });
    expect(await install(name, root, { kind: 'OEMRootCertificate' })).toMatchObject({ status: 422, body: { errors: [{ path: '/kind' }] } });
    expect(await install(await station('ocpp1.6'), root, { kind: 'V2GRootCertificate' })).toMatchObject({ status: 422 });
    expect(await install('nobody', root)).toMatchObject({ status: 404 });
    expect(http.commands.sent).toEqual([]);
  });

  it('TC_M_05, M05.FR.03: keeps what came of it, and one that was refused may be sent again', async () => {
    const name = await station();
    store.refuses = 'Failed';
    expect((await install(name, root)).body).toMatchObject({ state: 'refused', answer: 'Failed' });
    http.commands.answer('InstallCertificate', () => ({ status: 'unknown' }));
    expect((await install(name, root)).body).toMatchObject({ state: 'installing', answer: 'unknown' });
    store.refuses = null;
    store.holds('CSMSRootCertificate', root);
    await report(name);
    expect(await all(name)).toMatchObject([{ state: 'installed', answer: 'unknown' }]);
    store.held.splice(0);
    await report(name);
    expect(await all(name)).toMatchObject([{ state: 'missing' }]);
  });

  it.each<[Protocol, object, string | null, number | null]>([
    ['ocpp2.1', { component: 'SecurityCtrlr', variable: 'CertificateEntries' }, '0', 1],
    ['ocpp1.6', { key: 'CertificateStoreMaxLength' }, '1', null],
  ])('M05.FR.06, 1.6 M05.FR.03: is refused beyond the store of a station of %s', async (protocol, given, value, limit) => {
    const name = await station(protocol);
    await tells(name, protocol, given, value, limit);
    expect((await install(name, root)).status).toBe(201);
    expect(await install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no more than 1') } });
    await tells(name, protocol, given, 'x'.repeat(100), null); // what cannot be read is no limit
    if (protocol === 'ocpp1.6') expect((await install(name, next)).status).toBe(201);
  });

  it('is refused beyond the size that the station tells', async () => {
    const name = await station();
    await tells(name, 'ocpp2.1', { component: 'SecurityCtrlr', variable: 'MaxCertificateChainSize' }, '200');
    expect(await install(name, root)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('200 bytes') } });
  });

  it('M05.FR.09, FR.10: with AdditionalRootCertificateCheck the root before must have signed the next, and there is no third', async () => {
    const name = await station();
    await tells(name, 'ocpp2.1', { component: 'SecurityCtrlr', variable: 'AdditionalRootCertificateCheck' }, 'true');
    const signed = await root.ca('Root 1, second');
    store = new CertificateStore([root, next, signed], 'ocpp2.1');
    store.behind(http.commands);
    expect((await install(name, root)).status).toBe(201);
    expect(await install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('signed it') } });
    expect((await install(name, next, { kind: 'ManufacturerRootCertificate' })).status).toBe(201);
    expect((await install(name, signed)).status).toBe(201);
    expect(await install(name, next)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no third') } });
  });
});

describe('M03: what a station has installed', () => {
  it('TC_M_12 to TC_M_19: of all kinds and algorithms, chains with what is below, and nothing', async () => {
    const name = await station();
    const sub = await root.ca('Sub');
    const leaf = await sub.leaf('SECC');
    store.algorithm = 'SHA384';
    for (const type of ['V2GRootCertificate', 'MORootCertificate', 'OEMRootCertificate']) store.holds(type, root);
    store.holds('V2GCertificateChain', leaf, [sub, root]);
    store.holds('CSMSRootCertificate', root);
    store.holds('CSMSRootCertificate', root); // twice
    await report(name);
    expect(http.commands.payloadsOf('GetInstalledCertificateIds')).toEqual([{}]);
    expect((await states(name)).length).toBe(5);
    const chain = (await all(name)).find(({ kind }) => kind === 'V2GCertificateChain');
    expect(chain).toMatchObject({
      state: 'foreign',
      pem: null,
      reported: store.hashData(leaf),
      children: [store.hashData(sub), store.hashData(root)],
    });
    // asked for by hand: the answer speaks of that kind only
    store.held.splice(0);
    const payload = { certificateType: ['MORootCertificate'] };
    await block().reports.onEnded(
      endedCommand({ ...ref(name), action: 'GetInstalledCertificateIds', payload, response: { status: 'NotFound' } }),
    );
    expect((await states(name)).filter((one) => one.endsWith('deleted'))).toEqual(['MORootCertificate deleted']);
    await report(name);
    expect((await states(name)).every((one) => one.endsWith('deleted'))).toBe(true);
  });

  it('takes hostile lists: repeats, surrogates, NUL, thousands, nonsense; what is too much is counted', async () => {
    const name = await station();
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
    expect((await report(name)).body).toMatchObject({ notKept: 3_001 - MAX_CERTIFICATES });
    const [{ count }] = await http.service.database.query(
      'SELECT count(*)::integer AS count FROM device_config.installed_certificates WHERE station = $1',
      [name],
    );
    expect(count).toBe(MAX_CERTIFICATES);
    expect((await install(name, root)).status).toBe(409); // no place is left
    for (const response of [null, 'x', {}, { status: 'Accepted', certificateHashDataChain: 'x' }, { status: '\ud800' }])
      await block().reports.onEnded(
        endedCommand({ ...ref(name), action: 'GetInstalledCertificateIds', payload: { certificateType: [] }, response }),
      );
    await block().reports.onEnded(
      endedCommand({ tenant: 'other', station: name, action: 'GetInstalledCertificateIds', payload: {}, response: null }),
    );
  });
});

describe('M04: removing a certificate', () => {
  it('TC_M_20, TC_M_21, M04.FR.07: is asked for by the hashes that the station told, and its answer is kept', async () => {
    const name = await station('ocpp2.0.1', 1); // without TLS nothing is lost
    const { body } = await install(name, root);
    expect(await remove(name, body)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('has not reported') } });
    store.algorithm = 'SHA384';
    await report(name);
    store.refuses = 'Failed';
    expect(await remove(name, body)).toMatchObject({ status: 202, body: { state: 'installed', answer: 'Failed' } });
    store.refuses = null;
    expect(await remove(name, body)).toMatchObject({ status: 202, body: { state: 'deleted', answer: 'Accepted' } });
    expect(http.commands.payloadsOf('DeleteCertificate')).toEqual([
      { certificateHashData: store.hashData(root) },
      { certificateHashData: store.hashData(root) },
    ]);
    expect(await remove(name, body)).toMatchObject({ status: 409 });
    for (const id of [randomUUID(), 'x']) expect(await remove(name, { id })).toMatchObject({ status: 404 });
  });

  it('M04.FR.06: is refused for the root by which the station connects, the only one, and where nobody knows, unless an operator does', async () => {
    const name = await station();
    const first = (await install(name, root)).body;
    await report(name);
    expect(await remove(name, first, '?unproven=true')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('only root') },
    });
    const second = (await install(name, next)).body;
    await report(name);
    expect(await remove(name, first)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('unproven=true') } });
    await connects(name, [root]);
    expect(await remove(name, first, '?unproven=true')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('connects by this root') },
    });
    expect(await remove(name, second)).toMatchObject({ status: 202, body: { state: 'deleted' } });
    await install(name, next);
    await connects(name, null);
    expect(await remove(name, first, '?unproven=yes')).toMatchObject({ status: 400 });
    expect(await remove(name, first, '?unproven=true')).toMatchObject({ status: 202, body: { state: 'deleted' } });
  });
});

describe('a root that takes the place of another', () => {
  it('M05.FR.11, FR.12: stands beside it, and the old one goes once the station was seen under the new one only', async () => {
    const name = await station();
    const old = (await install(name, root)).body;
    const { body } = await install(name, next, { replaces: old.id });
    expect(body).toMatchObject({ state: 'installed', replaces: old.id });
    expect(await install(name, await root.ca('Third'), { replaces: old.id })).toMatchObject({ status: 409 });
    expect(await install(name, await root.ca('Third'), { replaces: randomUUID() })).toMatchObject({ status: 422 });
    const { reports, replacements } = block();
    const look = async () => [await replacements.sweep(), await reports.sweep()];
    await report(name);
    await look();
    for (const issuers of [[root], [root, next], [], null]) {
      await connects(name, issuers);
      expect(await replacements.sweep()).toBe(0);
    }
    await connects(name, [next], 1); // not over TLS
    expect(await replacements.sweep()).toBe(0);
    await connects(name, [next]);
    expect(await replacements.sweep()).toBe(1);
    expect(await replacements.sweep()).toBe(0);
    expect(await states(name)).toEqual(['CSMSRootCertificate deleting', 'CSMSRootCertificate installed']);
  });

  it('is asked for again where nobody answers, by the list of the station, and no more than so often', async () => {
    const name = await station();
    const old = (await install(name, root)).body;
    await install(name, next, { replaces: old.id });
    await report(name);
    await connects(name, [next]);
    const { replacements, reports } = block();
    const later = () =>
      http.service.database.query(
        `UPDATE device_config.installed_certificates SET changed_at = changed_at - $2::float * interval '1 ms' WHERE station = $1`,
        [name, 2 * LOST_RESULT_MS],
      );
    let asked = 0;
    for (let round = 0; round < 14; round++) {
      asked += await replacements.sweep(); // the command is lost
      await later();
      await reports.sweep();
      await report(name);
    }
    expect(asked).toBe(5);
    expect(await states(name)).toEqual(['CSMSRootCertificate installed', 'CSMSRootCertificate installed']);
  });
});

it('goes with its station, and is of the tenant only', async () => {
  const name = await station();
  const { body } = await install(name, root);
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
  await http.request('PUT', `/v1/stations/${name}`, {}, 'acme');
  expect(await http.request('GET', path(name, `/${body.id}`), undefined, 'acme')).toMatchObject({ status: 404 });
  expect(await http.request('DELETE', path(name, `/${body.id}`), undefined, 'acme')).toMatchObject({ status: 404 });
  expect(await http.request('DELETE', `/v1/stations/${name}`)).toMatchObject({ status: 204 });
  expect(await http.service.database.query('SELECT FROM device_config.installed_certificates WHERE station = $1', [name])).toEqual([]);
});
