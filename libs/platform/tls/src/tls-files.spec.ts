import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { TestCertificate } from '@voltbus/testing';
import { TlsFiles, tlsFileProblems } from './tls-files';

let folder: string;
let root: TestCertificate;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-tls-'));
  root = await TestCertificate.root('CA');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the files of a connection', () => {
  it('are right where they are those of one certificate', async () => {
    const leaf = await root.leaf('client');
    const paths = { ca: file('ca', root.pem), cert: file('cert', leaf.pem + root.pem), key: file('key', leaf.keyPem) };
    expect(tlsFileProblems(paths)).toEqual([]);
    expect(tlsFileProblems({})).toEqual([]);
  });

  it('are refused all at once, each for its reason', async () => {
    const [leaf, other] = await Promise.all([root.leaf('client'), root.leaf('other')]);
    const old = await root.leaf('old', { notAfter: new Date('2020-01-01') });
    const cert = file('right', leaf.pem);
    const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = encrypted.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
    const messages = (paths: object) => tlsFileProblems(paths).map(({ member, message }) => `${member} ${message}`);
    expect(messages({ ca: join(folder, 'none'), cert: file('text', 'hello'), key: folder })).toEqual([
      expect.stringMatching(/^ca .*ENOENT/),
      expect.stringMatching(/^key .*EISDIR/),
      'cert holds no certificate in PEM',
    ]);
    expect(messages({ ca: file('bad-ca', `${root.pem}${root.pem.replace(/M/g, 'N')}`) })).toEqual(['ca its certificate 2 cannot be read']);
    expect(messages({ cert: file('old', old.pem), key: file('old-key', old.keyPem) })).toEqual([
      'cert expired at 2020-01-01T00:00:00.000Z',
    ]);
    expect(messages({ cert, key: file('other', other.keyPem) })).toEqual(['key is the key of another certificate']);
    expect(messages({ cert, key: file('encrypted', pem) })).toEqual(['key is encrypted: give one without a passphrase']);
    expect(messages({ cert, key: file('no-key', leaf.pem) })).toEqual(['key holds no private key in PEM']);
    expect(() => new TlsFiles({ cert, key: join(folder, 'other') })).toThrow(`${join(folder, 'other')}: is the key of another certificate`);
  });
});

describe('a renewed certificate', () => {
  let server: Server;
  afterEach(() => server.close());

  /** The name of the client's certificate, as the server saw it. */
  async function seen(files: TlsFiles): Promise<string> {
    const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const client = connect({
      port: (server.address() as AddressInfo).port,
      secureContext: files.secureContext(),
      servername: 'server.test',
    });
    const [socket] = await accepted;
    const { subject } = socket.getPeerCertificate();
    client.destroy();
    socket.destroy();
    return String(subject.CN);
  }

  it('is used from the next connection on, and the last one for as long as the new one is half written or gone', async () => {
    const [own, first, second] = await Promise.all([
      root.leaf('server', { names: ['server.test'] }),
      root.leaf('first'),
      root.leaf('second'),
    ]);
    server = createServer({ cert: own.pem, key: own.keyPem, ca: root.pem, requestCert: true }).listen(0);
    await once(server, 'listening');
    const paths = { ca: file('ca', root.pem), cert: file('renewed', first.pem), key: file('renewed-key', first.keyPem) };
    const files = new TlsFiles(paths);
    expect(await seen(files)).toBe('first');
    writeFileSync(paths.cert, second.pem);
    expect(await seen(files)).toBe('first'); // its key is still the first one's
    rmSync(paths.key);
    expect(await seen(files)).toBe('first');
    writeFileSync(paths.key, second.keyPem);
    expect(await seen(files)).toBe('second');
  });
});
