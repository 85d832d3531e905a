import type { StationRef } from '@voltbus/contracts';
import type { CertificateKind } from '../domain/certificate-kind';

/** A certificate that is to be issued: the request has been checked, and only its key is taken from it. */
export interface CertificateOrder {
  /** The same for each attempt: an authority may answer a repeat with the certificate that it has issued. */
  id: string;
  ref: StationRef;
  kind: CertificateKind;
  /** DER of the request (PKCS #10). */
  csr: Uint8Array;
  /** O of its subject; null: none. */
  organization: string | null;
}

/** Issues certificates to stations. Every certificate is checked again by whoever ordered it. */
export interface CertificateAuthority {
  /** Whether it issues certificates of that kind at all. */
  issues(kind: CertificateKind): boolean;
  /**
   * The certificate and those between it and the root, in PEM, the certificate first. Rejects with `NotIssued` where it will not issue it, and with any other
   * error where it could not: then it may be asked again.
   */
  issue(order: CertificateOrder): Promise<string>;
}

/** The authority has decided not to issue the certificate. The message is for people. */
export class NotIssued extends Error {
  override name = 'NotIssued';
}
