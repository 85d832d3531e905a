import { revocationList, TestCertificate } from '@voltbus/testing';
import { readPem, type ReadCertificate } from './pkijs-certificate';
import { MAX_CRL_BYTES, readRevocationLists, statusByList } from './pkijs-crl';

const DAY_MS = 86_400_000;
let [root, other, revoked, good]: TestCertificate[] = [];
const read = (certificate: TestCertificate | undefined): ReadCertificate => {
  const [one] = readPem(certificate?.pem ?? '', 1);
  if (one === undefined) throw new Error('no certificate');
  return one;
};
beforeAll(async () => {
  [root, other] = await Promise.all([TestCertificate.root('CA'), TestCertificate.root('other')]);
  [revoked, good] = await Promise.all([root.leaf('revoked'), root.leaf('good')]);
});
const list = async (...wish: Parameters<typeof revocationList> extends [unknown, ...infer Rest] ? Rest : never) => {
  if (root === undefined) throw new Error('no CA');
  return Buffer.from(await revocationList(root, ...wish));
};

describe('a revocation list', () => {
  it('tells which certificates of its CA are revoked, in PEM and in DER', async () => {
    if (revoked === undefined || good === undefined) throw new Error('no certificates');
    const pem = await list({ revoked: [revoked] });
    const der = Buffer.from(pem.toString().replace(/-----[^-]+-----|\n/g, ''), 'base64');
    for (const file of [pem, der]) {
      const lists = readRevocationLists(file, [read(root), read(other)]);
      expect(statusByList(read(revoked), lists, new Date())).toBe('revoked');
      expect(statusByList(read(good), lists, new Date())).toBe('good');
      expect(statusByList(read(other), lists, new Date())).toBe('unknown');
    }
  });

  it.each([
    ['negative', [0x81, 0x02]],
    ['with a leading zero', [0x00, 0x81, 0x03]],
  ])('has a certificate whose number is %s, as some CAs write it', async (_, bytes) => {
    const odd = await root?.leaf('odd', { serial: Uint8Array.from(bytes) });
    if (odd === undefined || root === undefined) throw new Error('no certificates');
    const lists = readRevocationLists(await list({ revoked: [odd] }), [read(root)]);
    expect(statusByList(read(odd), lists, new Date())).toBe('revoked');
  });

  it('that is out of date, or not valid yet, knows of nobody that is not revoked, and still of those that are', async () => {
    if (revoked === undefined || good === undefined) throw new Error('no certificates');
    const lists = readRevocationLists(await list({ revoked: [revoked] }), [read(root)]);
    for (const now of [new Date(Date.now() + DAY_MS), new Date(Date.now() - DAY_MS)]) {
      expect(statusByList(read(good), lists, now)).toBe('unknown');
      expect(statusByList(read(revoked), lists, now)).toBe('revoked');
    }
  });

  it('is refused when another signed it, when its CA is not trusted, and when it is none', async () => {
    const trusted = [read(root)];
    expect(() => readRevocationLists(Buffer.from('hello'), trusted)).toThrow('holds no revocation list');
    expect(() => readRevocationLists(Buffer.alloc(MAX_CRL_BYTES + 1), trusted)).toThrow(`has more than ${MAX_CRL_BYTES} bytes`);
    const forged = await list({}, other);
    expect(() => readRevocationLists(forged, trusted)).toThrow('is not signed by the CA that it names');
    const strange = await list();
    expect(() => readRevocationLists(strange, [read(other)])).toThrow('is the list of a CA that is not among the trusted ones');
  });
});
