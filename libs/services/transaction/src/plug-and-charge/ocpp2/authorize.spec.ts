import { startResponder, TestCertificate, type Responder } from '@voltbus/testing';
import { startService, type ServiceFixture, type SendingStation } from '../../testing/service-fixture';

const EMAID = 'DE-8AA-C12345678-X';
let responder: Responder;
let service: ServiceFixture;
let sub: TestCertificate;
let leaf: TestCertificate;
const put = (status: 'Accepted' | 'Blocked', more: object = {}) =>
  service.tokenStore.put('default', {
    idToken: EMAID,
    type: 'eMAID',
    status,
    groupId: 'FLEET',
    expiresAt: null,
    concurrent: true,
    ...more,
  });
beforeAll(async () => {
  responder = await startResponder();
  const root = await TestCertificate.root('MO Root');
  sub = await root.ca('MO Sub-CA', { ocspUrl: responder.url });
  leaf = await sub.leaf('DE8AAC12345678X', { ocspUrl: responder.url });
  service = await startService({ CONTRACT_ROOTS: root.pem, OCSP_HOSTS: [responder.host] });
});
beforeEach(async () => {
  await put('Accepted');
  says('good');
});
afterAll(async () => {
  await service?.close();
  await responder?.close();
});

function says(status: 'good' | 'revoked'): void {
  // sub.issuer is the root: it speaks of the sub-CA, and the sub-CA of the contract
  responder.says((serial) => ({ status, signer: serial === leaf.serial ? sub : (sub.issuer ?? sub), enclosed: [sub] }));
}
const authorize = (protocol: SendingStation['protocol'], more: object, idToken = EMAID) =>
  service.receive({ protocol, station: 'CS-1' }, 'Authorize', { idToken: { idToken, type: 'eMAID' }, ...more });
const groupIdToken = { idToken: 'FLEET', type: 'Central' };

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a contract certificate in an Authorize of %s', (protocol) => {
  const chain = () => ({ certificate: leaf.pem + sub.pem });

  it('C07.FR.14: is Accepted with its token', async () => {
    expect(await authorize(protocol, chain())).toEqual({
      idTokenInfo: { status: 'Accepted', groupIdToken },
      certificateStatus: 'Accepted',
    });
  });

  it('C07.FR.13: is ContractCancelled where its token is not good', async () => {
    await put('Blocked');
    const idTokenInfo = { status: 'Blocked', groupIdToken };
    expect(await authorize(protocol, chain())).toEqual({ idTokenInfo, certificateStatus: 'ContractCancelled' });
  });

  it('C07.FR.13: is ContractCancelled where its token is not known', async () => {
    await service.tokenStore.remove('default', EMAID);
    expect(await authorize(protocol, chain())).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'ContractCancelled' });
  });

  it('C07.FR.14, C01.FR.22: is Accepted where its token is good elsewhere', async () => {
    await put('Accepted', { allowedAt: [{ station: 'CS-2' }] });
    const idTokenInfo = { status: 'NotAtThisLocation', groupIdToken };
    expect(await authorize(protocol, chain())).toEqual({ idTokenInfo, certificateStatus: 'Accepted' });
  });

  it('C07.FR.17: is CertChainError where it is of another contract, and the token Invalid', async () => {
    await service.tokenStore.put('default', {
      idToken: 'OTHER',
      type: 'eMAID',
      status: 'Accepted',
      groupId: null,
      expiresAt: null,
      concurrent: true,
    });
    expect(await authorize(protocol, chain(), 'OTHER')).toEqual({
      idTokenInfo: { status: 'Invalid' },
      certificateStatus: 'CertChainError',
    });
  });

  it('C07.FR.15: is CertificateExpired, and the token Expired', async () => {
    const expired = await sub.leaf('DE8AAC12345678X', { ocspUrl: responder.url, notAfter: new Date(Date.now() - 60_000) });
    const answer = await authorize(protocol, { certificate: expired.pem + sub.pem });
    expect(answer).toEqual({ idTokenInfo: { status: 'Expired', groupIdToken }, certificateStatus: 'CertificateExpired' });
  });

  it('C07.FR.16: is CertificateRevoked, and the token Invalid, also when the request has only the hash data', async () => {
    service.restart(); // nothing is kept from before
    says('revoked');
    const iso15118CertificateHashData = [leaf.hashData(responder.url)];
    const answer = await authorize(protocol, { iso15118CertificateHashData });
    expect(answer).toEqual({ idTokenInfo: { status: 'Invalid', groupIdToken }, certificateStatus: 'CertificateRevoked' });
    service.restart();
  });

  it('without a certificate the answer has no certificate status', async () => {
    expect(await authorize(protocol, {})).toEqual({ idTokenInfo: { status: 'Accepted', groupIdToken } });
  });
});
