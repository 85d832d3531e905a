import { MAX_PATH, isForClients, issued, publicKeyOf, readPem, readSigningRequest, requestPem, type ReadCertificate } from '@voltbus/pki';
import { MAX_CHAIN_CHARACTERS } from '../limits';
import { NotIssued, type CertificateOrder } from './certificate-authority';

/** A certificate that was issued, and those above it. */
export interface IssuedChain {
  /** PEM, the certificate first, without a root. */
  pem: string;
  leaf: ReadCertificate;
}

/**
 * Checks what an authority has issued: it must be for the key of the request and for this station alone, must not be a CA's, and the chain must hang together.
 * Throws `NotIssued`.
 */
export function checkedChain(pem: string, { csr, ref, organization, kind }: CertificateOrder, now: Date): IssuedChain {
  const chain = chainOf(pem);
  const [leaf, ...above] = chain;
  if (leaf === undefined) throw new NotIssued('the authority has answered without a certificate');
  const { x509 } = leaf;
  if (!Buffer.from(publicKeyOf(x509).spki).equals(readSigningRequest(requestPem(csr)).key.spki)) throw other('is of another key');
  if (leaf.commonName !== ref.station) throw other('has another common name');
  if (leaf.organization !== organization) throw other('has another organization');
  if (x509.subjectAltName !== undefined && x509.subjectAltName !== `DNS:${ref.station}`) throw other('has further names');
  if (x509.ca || leaf.strange || !leaf.strong) throw other('is of a CA, signed too weakly, or has an extension that nobody here knows');
  if (kind === 'ChargingStationCertificate' && !isForClients(leaf)) throw other('is not for clients of TLS');
  if (leaf.notAfter <= now) throw other('has expired');
  if (chain.some((one, at) => at > 0 && !issued(one, chain[at - 1] as ReadCertificate))) throw other('is not issued by the one after it');
  const text = [leaf, ...above.filter((one) => !one.x509.checkIssued(one.x509))].map((one) => one.x509.toString()).join('');
  if (text.length > MAX_CHAIN_CHARACTERS) throw new NotIssued(`the chain has more than ${MAX_CHAIN_CHARACTERS} characters`);
  return { pem: text, leaf };
}

function chainOf(pem: string): ReadCertificate[] {
  try {
    return readPem(pem, MAX_PATH);
  } catch {
    throw new NotIssued('the authority has answered with something that is no chain of certificates');
  }
}

function other(flaw: string): NotIssued {
  return new NotIssued(`the certificate of the authority ${flaw}`);
}
