import { webcrypto } from 'node:crypto';
import { Integer } from 'asn1js';
import { CertificateRevocationList, CryptoEngine, RevokedCertificate, Time, setEngine } from 'pkijs';
import type { TestCertificate } from './certificates';

interface ListWish {
  revoked?: readonly TestCertificate[];
  thisUpdate?: Date;
  nextUpdate?: Date;
}

/** A revocation list in PEM, signed by `signer` in the name of `issuer`. */
export async function revocationList(
  issuer: TestCertificate,
  { revoked = [], thisUpdate = new Date(Date.now() - 60_000), nextUpdate = new Date(Date.now() + 3_600_000) }: ListWish = {},
  signer = issuer,
): Promise<string> {
  setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto }));
  const list = new CertificateRevocationList();
  list.version = 1;
  list.issuer = issuer.certificate.subject;
  list.thisUpdate = new Time({ value: thisUpdate });
  list.nextUpdate = new Time({ value: nextUpdate });
  list.revokedCertificates = revoked.map(
    ({ certificate }) =>
      new RevokedCertificate({
        userCertificate: new Integer({ valueHex: certificate.serialNumber.valueBlock.valueHexView }),
        revocationDate: new Time({ value: thisUpdate }),
      }),
  );
  await list.sign(signer.keys.privateKey, 'SHA-256');
  const base64 = Buffer.from(list.toSchema(true).toBER()).toString('base64');
  return `-----BEGIN X509 CRL-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END X509 CRL-----\n`;
}
