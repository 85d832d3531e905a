import { TestCertificate, revocationList } from '@voltbus/testing';
import { PASSWORD } from '../testing/gateway-fixture';
import { TlsFixture } from '../testing/tls-fixture';

const DAY_MS = 86_400_000;
let fixture: TlsFixture;
let stranger: TestCertificate;
beforeAll(async () => {
  fixture = await TlsFixture.start();
  stranger = await TestCertificate.root('Stations CA'); // the same name, another key
});
afterAll(() => fixture.stop());
beforeEach(() => void fixture.refusals.splice(0));

const inTenant = (certificateOrganization: string | null) => ({ certificateOrganization });
const add = (station: string, changes = {}) => fixture.gateway.addStation(station, { ...inTenant('ACME'), ...changes });
const leaf = (name: string, wish: Parameters<TestCertificate['leaf']>[1] = {}) => fixture.ca.leaf(name, { organization: 'ACME', ...wish });

describe('the security profile that a station uses', () => {
  it('TC_A_01, TC_A_04, TC_A_07: is 1 by its password, 2 by its password over TLS, 3 by its certificate', async () => {
    await add('CS-1');
    await fixture.gateway.connect('CS-1');
    await fixture.connectWithPassword('CS-1');
    await fixture.connect('CS-1', { certificate: await leaf('CS-1') });
    await fixture.gateway.until(() => fixture.connected.length === 3);
    expect(fixture.connected.map(({ securityProfile }) => securityProfile)).toEqual([1, 2, 3]);
  });

  it('A05.FR.07 is never lower than the one demanded, and a refusal says what is missing', async () => {
    await add('two', { securityProfile: 2 });
    await add('three', { securityProfile: 3 });
    await expect(fixture.gateway.connect('two')).rejects.toThrow('401');
    await expect(fixture.gateway.connect('three')).rejects.toThrow('401');
    await expect(fixture.connectWithPassword('three')).rejects.toThrow('401');
    expect(await fixture.reasons(3)).toEqual(['needs-tls', 'needs-tls', 'needs-certificate']);
    await fixture.connectWithPassword('two');
    await fixture.connect('two', { certificate: await leaf('two') });
    await fixture.connect('three', { certificate: await leaf('three') });
  });

  it('A00.FR.204: a wrong password is refused over TLS too, and an unknown station in the same way', async () => {
    await add('known');
    await add('nobody', { known: false, keyHashes: [] });
    await expect(fixture.connect('known', { password: 'wrong' })).rejects.toThrow('401');
    await expect(fixture.connect('nobody', { password: PASSWORD })).rejects.toThrow('401');
    await expect(fixture.connect('nobody', { certificate: await leaf('nobody') })).rejects.toThrow('401');
    expect(await fixture.reasons(3)).toEqual(['wrong-credentials', 'unknown-station', 'unknown-station']);
  });
});

describe('TC_A_08: a client certificate that is not valid refuses the station, whatever its password', () => {
  const now = Date.now();
  it.each<[string, string, () => Promise<TestCertificate>]>([
    ['of another CA', 'certificate-untrusted', () => stranger.leaf('CS-2', { organization: 'ACME' })],
    ['that it signed itself', 'certificate-untrusted', () => TestCertificate.root('CS-2', { organization: 'ACME' })],
    [
      'that has expired',
      'certificate-expired',
      () => leaf('CS-2', { notBefore: new Date(now - 2 * DAY_MS), notAfter: new Date(now - DAY_MS) }),
    ],
    [
      'that is not valid yet',
      'certificate-not-yet-valid',
      () => leaf('CS-2', { notBefore: new Date(now + DAY_MS), notAfter: new Date(now + 2 * DAY_MS) }),
    ],
    ['of another station', 'certificate-other-station', () => leaf('CS-3')],
    ['whose name differs by case only', 'certificate-other-station', () => leaf('cs-2')],
    ['whose name goes on after a NUL', 'certificate-other-station', () => leaf('CS-2\0.evil')],
    ['whose name has a second line', 'certificate-other-station', () => leaf('x\nCN=CS-2')],
    ['whose organization has the name', 'certificate-other-station', () => fixture.ca.leaf('x', { organization: 'ACME\nCN=CS-2' })],
    ['of a server', 'certificate-untrusted', () => leaf('CS-2', { usages: ['1.3.6.1.5.5.7.3.1'] })],
    ['with a critical extension that nobody knows', 'certificate-untrusted', () => leaf('CS-2', { strange: true })],
    ['of another organization', 'certificate-other-organization', () => leaf('CS-2', { organization: 'EVIL' })],
    ['without an organization', 'certificate-other-organization', () => fixture.ca.leaf('CS-2')],
    ['with a weak key', 'certificate-weak-key', () => leaf('CS-2', { rsaBits: 1_024 })],
  ])('%s', async (_, reason, make) => {
    await add('CS-2');
    const weak = { ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(fixture.connectWithPassword('CS-2', { certificate: await make(), ...weak })).rejects.toThrow('401');
    expect(await fixture.reasons(1)).toEqual([reason]);
    expect(fixture.refusals[0]).toMatchObject({ tenant: 'default', station: 'CS-2', remoteAddress: '127.0.0.1' });
  });

  it('a certificate without its private key is of no use to whoever copied it', async () => {
    await add('CS-2');
    const [copied, own] = [await leaf('CS-2'), await leaf('thief')];
    await expect(fixture.connect('CS-2', { certificate: copied, key: own.keyPem })).rejects.toThrow(/key values mismatch/);
  });
});

describe('a client certificate and the tenants', () => {
  it('proves a station of the tenant only whose organization it has: two tenants may have stations of one name, and one CA', async () => {
    const certificate = await leaf('CS-4');
    for (const [tenant, certificateOrganization] of [
      ['acme', 'ACME'],
      ['other', 'Other'],
      ['none', null],
      ['any', '*'],
    ] as const)
      await fixture.gateway.addStation('CS-4', { tenant, ...inTenant(certificateOrganization) });
    const at = (tenant: string) => fixture.connect('CS-4', { certificate, path: `/ocpp/${tenant}/CS-4` });
    await at('acme');
    await at('any');
    await expect(at('other')).rejects.toThrow('401');
    await expect(at('none')).rejects.toThrow('401');
    expect(await fixture.reasons(2)).toEqual(['certificate-other-organization', 'certificate-other-organization']);
  });

  it('proves a station that its tenant registers by itself', async () => {
    const newcomer = { known: false, unknownStations: 'register', keyHashes: [], registration: 'unknown' } as const;
    await add('newcomer', { ...newcomer, securityProfile: 3 });
    await expect(fixture.connectWithPassword('newcomer')).rejects.toThrow('401');
    await fixture.connect('newcomer', { certificate: await leaf('newcomer') });
  });
});

describe('revocation', () => {
  const lists = (name: string, content: string) => ({ OCPP_TLS_CRL_FILES: [fixture.file(name, content)] });

  it('refuses a certificate that is in the list of its CA, and one that no current list is about unless the policy is to accept', async () => {
    const [revoked, good] = [await leaf('revoked'), await leaf('good')];
    await fixture.restart(lists('crl.pem', await revocationList(fixture.ca, { revoked: [revoked] })));
    for (const station of ['revoked', 'good']) await add(station);
    await fixture.connect('good', { certificate: good });
    await expect(fixture.connect('revoked', { certificate: revoked })).rejects.toThrow('401');
    const past = { thisUpdate: new Date(Date.now() - 2 * DAY_MS), nextUpdate: new Date(Date.now() - DAY_MS), revoked: [revoked] };
    const old = lists('old.pem', await revocationList(fixture.ca, past));
    await fixture.restart(old);
    await add('good');
    await expect(fixture.connect('good', { certificate: good })).rejects.toThrow('401');
    expect(await fixture.reasons(2)).toEqual(['certificate-revoked', 'certificate-revocation-unknown']);
    await fixture.restart({ ...old, OCPP_TLS_REVOCATION_UNAVAILABLE: 'accept' });
    for (const station of ['revoked', 'good']) await add(station);
    await fixture.connect('good', { certificate: good });
    await expect(fixture.connect('revoked', { certificate: revoked })).rejects.toThrow('401');
  });

  it('a list of another key in the name of the CA does not start', async () => {
    const forged = await revocationList(fixture.ca, {}, stranger);
    await expect(TlsFixture.start(lists('forged.pem', forged))).rejects.toThrow(/forged.pem: /);
  });
});
