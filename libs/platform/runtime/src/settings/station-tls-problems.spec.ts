import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@voltbus/testing';
import { ConfigError, readSettings } from './read-settings';

let folder: string;
let paths: Record<'cert' | 'key' | 'otherKey' | 'ca' | 'text', string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-station-tls-'));
  const ca = await TestCertificate.root('CA');
  const [server, other] = await Promise.all([ca.leaf('csms', { names: ['csms.test'] }), ca.leaf('other')]);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  paths = {
    ...{ cert: file('cert', server.pem), key: file('key', server.keyPem), otherKey: file('other', other.keyPem) },
    ...{ ca: file('ca', ca.pem), text: file('text', 'hello') },
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problems(environment: Record<string, string>): readonly string[] {
  const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [`VOLTBUS_OCPP_${name}`, value]));
  try {
    readSettings(given, 'standalone', 'standalone');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('the settings of TLS for stations', () => {
  it('are right for a port with both profiles, behind proxies that end TLS, and without any', () => {
    const tls = { TLS_PORT: '9443', TLS_CERT_FILES: `${paths.cert}, ${paths.cert}`, TLS_KEY_FILES: `${paths.key},${paths.key}` };
    expect(problems({ ...tls, TLS_CLIENT_CA_FILES: paths.ca, PLAIN: 'false' })).toEqual([]);
    const proxied = { PROXY_TLS: 'xfcc', TRUSTED_PROXIES: '10.0.0.0/8', TLS_CLIENT_CA_FILES: paths.ca };
    expect(problems(proxied)).toEqual([]);
    expect(problems({})).toEqual([]);
  });

  it('are refused all at once, each for its reason', () => {
    expect(problems({ PLAIN: 'false', PROXY_TLS: 'aws' })).toEqual([
      'VOLTBUS_OCPP_PLAIN: false leaves no port without VOLTBUS_OCPP_TLS_PORT',
      'VOLTBUS_OCPP_TRUSTED_PROXIES is required with VOLTBUS_OCPP_PROXY_TLS=aws',
      'VOLTBUS_OCPP_TLS_CLIENT_CA_FILES is required with VOLTBUS_OCPP_PROXY_TLS=aws',
    ]);
    expect(problems({ TLS_PORT: '9000' })).toEqual([
      'VOLTBUS_OCPP_TLS_CERT_FILES is required with VOLTBUS_OCPP_TLS_PORT',
      'VOLTBUS_OCPP_TLS_PORT: is VOLTBUS_OCPP_PORT',
    ]);
    const files = { TLS_CERT_FILES: paths.cert, TLS_KEY_FILES: paths.otherKey, TLS_CLIENT_CA_FILES: paths.text };
    expect(problems({ TLS_PORT: '0', ...files })).toEqual([
      `VOLTBUS_OCPP_TLS_KEY_FILES: ${paths.otherKey}: is the key of another certificate`,
      `VOLTBUS_OCPP_TLS_CLIENT_CA_FILES: ${paths.text}: holds no certificate in PEM`,
    ]);
    expect(problems({ TLS_PORT: '0', TLS_CERT_FILES: paths.cert, TLS_KEY_FILES: `${paths.key},${paths.key}` })).toEqual([
      'VOLTBUS_OCPP_TLS_KEY_FILES: has 2 files where VOLTBUS_OCPP_TLS_CERT_FILES has 1',
    ]);
    expect(problems({ TLS_CRL_FILES: join(folder, 'none') })).toEqual([
      'VOLTBUS_OCPP_TLS_CRL_FILES: is of no use without VOLTBUS_OCPP_TLS_CLIENT_CA_FILES',
      expect.stringMatching(/^VOLTBUS_OCPP_TLS_CRL_FILES: .*ENOENT/),
    ]);
    expect(problems({ PROXY_TLS: 'proxy-protocol', TRUSTED_PROXIES: '10.0.0.0/8' })).toEqual([
      'VOLTBUS_OCPP_PROXY_TLS: proxy-protocol is of no use without VOLTBUS_OCPP_PROXY_PROTOCOL=true',
    ]);
  });
});
