import { X509Certificate, createHash } from 'node:crypto';
import { Certificate } from 'pkijs';

/** How a station names a root that has signed itself (CertificateHashDataType). Throws where the PEM is no certificate. */
export function certificateHash(pem: string): Record<string, string> {
  const { raw } = new X509Certificate(pem);
  const { issuer, subjectPublicKeyInfo, serialNumber } = Certificate.fromBER(new Uint8Array(raw));
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  return {
    hashAlgorithm: 'SHA256',
    issuerNameHash: hash(new Uint8Array(issuer.valueBeforeDecode)),
    issuerKeyHash: hash(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView),
    serialNumber: Buffer.from(serialNumber.valueBlock.valueHexView)
      .toString('hex')
      .replace(/^0+(?=.)/, ''),
  };
}
