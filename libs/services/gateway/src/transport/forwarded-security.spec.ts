import { inRanges } from '@voltbus/runtime';
import { TestCertificate } from '@voltbus/testing';
import { forwardedSecurity, type ProxyTls } from './forwarded-security';
import { ContractHarness } from './testing/contract-harness';
import { UwsTransport } from './uws-transport';
import { WsTransport } from './ws-transport';

let leaf: TestCertificate;
let issuer: TestCertificate;
beforeAll(async () => {
  issuer = await TestCertificate.root('CA');
  leaf = await issuer.leaf('CP-1');
});

const der = ({ pem }: TestCertificate) => Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ''), 'base64');
const sf = (certificate: TestCertificate) => `:${der(certificate).toString('base64')}:`;
const escape = (...certificates: TestCertificate[]) => encodeURIComponent(certificates.map(({ pem }) => pem).join(''));
const read = (form: ProxyTls, headers: Record<string, string>) => forwardedSecurity(form, (name) => headers[name]);
const presented = (...chain: TestCertificate[]) => ({
  encrypted: true,
  certificate: { by: 'forwarded', leaf: der(leaf), chain: chain.map(der) },
});
const unreadable = { encrypted: true, certificate: { by: 'forwarded', leaf: new Uint8Array(), chain: [] } };
const plain = { encrypted: false, certificate: null };

describe('what a proxy passes on of the TLS of a station', () => {
  it('is that there is TLS, by the proxy before us, and not by what a client wrote before it', () => {
    expect(read('forwarded-proto', { 'x-forwarded-proto': 'http, https' })).toEqual({ encrypted: true, certificate: null });
    expect(read('forwarded-proto', { 'x-forwarded-proto': 'wss' })).toEqual({ encrypted: true, certificate: null });
    for (const scheme of ['https, http', 'http', '']) expect(read('forwarded-proto', { 'x-forwarded-proto': scheme })).toEqual(plain);
    expect(read('forwarded-proto', {})).toEqual(plain);
  });

  it('is a certificate in the form that was agreed on', () => {
    expect(read('client-cert', { 'client-cert': sf(leaf) })).toEqual(presented());
    expect(read('client-cert', { 'client-cert': sf(leaf), 'client-cert-chain': `${sf(issuer)}, ${sf(leaf)}` })).toEqual(
      presented(issuer, leaf),
    );
    expect(read('xfcc', { 'x-forwarded-client-cert': `Hash=00;Subject="CN=a,O=\\"b;c\\"";Cert="${escape(leaf)}"` })).toEqual(presented());
    expect(read('xfcc', { 'x-forwarded-client-cert': `Cert="${escape(leaf)}";Chain="${escape(leaf, issuer)}"` })).toEqual(
      presented(issuer),
    );
    expect(read('aws', { 'x-amzn-mtls-clientcert-leaf': escape(leaf).replaceAll('%2B', '+').replaceAll('%2F', '/') })).toEqual(presented());
    expect(read('aws', { 'x-amzn-mtls-clientcert': escape(leaf, issuer) })).toEqual(presented(issuer));
    expect(read('nginx', { 'ssl-client-cert': escape(leaf) })).toEqual(presented());
  });

  it('is believed in no other form, and an element before the last of Envoy is of anybody', () => {
    const all = {
      'client-cert': sf(leaf),
      'x-forwarded-client-cert': `Cert="${escape(leaf)}"`,
      'x-amzn-mtls-clientcert-leaf': escape(leaf),
      'ssl-client-cert': escape(leaf),
    };
    expect(read('forwarded-proto', all)).toEqual(plain);
    expect(read('none', all)).toBeNull();
    expect(read('proxy-protocol', all)).toBeNull();
    expect(read('xfcc', { 'x-forwarded-client-cert': `Cert="${escape(leaf)}",Hash=11` })).toEqual(unreadable);
  });

  it.each<[string, ProxyTls, string, () => string]>([
    ['two values, one of which a client added', 'client-cert', 'client-cert', () => `${sf(leaf)}, ${sf(leaf)}`],
    ['base64 without colons', 'client-cert', 'client-cert', () => sf(leaf).replaceAll(':', '')],
    ['nothing', 'client-cert', 'client-cert', () => ''],
    ['a percent sign that escapes nothing', 'aws', 'x-amzn-mtls-clientcert-leaf', () => '%'],
    ['text', 'nginx', 'ssl-client-cert', () => 'NONE'],
    ['quotes without end', 'xfcc', 'x-forwarded-client-cert', () => `Cert="${'"'.repeat(7_000)}`],
    [
      'a quote that a client opened',
      'xfcc',
      'x-forwarded-client-cert',
      () => `Cert="${escape(leaf)}";X=",Hash=00;Cert="${escape(issuer)}"`,
    ],
    [
      'a quote that a client opened, and closed by the name in its own certificate',
      'xfcc',
      'x-forwarded-client-cert',
      () => `Cert="${escape(leaf)}";X=",Hash=00;Cert="${escape(issuer)}";Subject="CN=a\\"b"`,
    ],
    ['quotes that are escaped without end', 'xfcc', 'x-forwarded-client-cert', () => `Cert="${'\\"'.repeat(3_500)}`],
    ['two values, one of which a client added', 'aws', 'x-amzn-mtls-clientcert', () => `${escape(leaf)}, ${escape(issuer)}`],
    ['two values, one of which a client added', 'nginx', 'ssl-client-cert', () => `${escape(leaf)}, ${escape(issuer)}`],
  ])('is a certificate that proves nothing where the header has %s', (_, form, name, value) => {
    expect(read(form, { [name]: value() })).toEqual(unreadable);
  });
});

it('a certificate proves nothing where a client added the header of another mode of the load balancer', () => {
  const headers = { 'x-amzn-mtls-clientcert-leaf': escape(leaf), 'x-amzn-mtls-clientcert': escape(issuer) };
  expect(read('aws', headers)).toEqual(unreadable);
});

describe.each(['ws', 'uws'])('the transport %s', (name) => {
  const started = async (trusted: string[]) => {
    const proxies = { isProxy: inRanges(trusted), protocol: false, tls: 'client-cert' as const };
    const harness = new ContractHarness((handler, limits) =>
      name === 'ws' ? new WsTransport(handler, limits, proxies) : new UwsTransport(handler, limits, undefined, proxies),
    );
    await harness.start();
    return harness;
  };

  it.each([
    [['127.0.0.1'], true],
    [['10.0.0.0/8'], false],
  ])('believes it of the proxies %j alone: %s', async (trusted, believed) => {
    const harness = await started(trusted);
    await harness.upgraded('/ocpp/CP-1', { 'Client-Cert': sf(leaf), 'X-Forwarded-Proto': 'https' });
    expect(harness.gateway.requests[0]?.security).toEqual(believed ? presented() : plain);
    await harness.stop();
  });
});
