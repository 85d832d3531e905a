import { X509Certificate, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { StationTls } from '../connection/socket';
import { signingRequest } from './pkijs-signing-request';

/** By the message that triggers a request: the kind of the certificate; undefined: none is named. */
const KINDS: Readonly<Record<string, string | undefined>> = {
  SignChargePointCertificate: undefined,
  SignCombinedCertificate: undefined,
  SignChargingStationCertificate: 'ChargingStationCertificate',
  SignV2GCertificate: 'V2GCertificate',
};
const OF_VEHICLES = 'V2GCertificate';
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;

/** The keys of a station: it makes a new one for each request (A02.FR.02), and connects by the certificate that it was last given. */
export class StationCertificates {
  private readonly keys = new Map<string, KeyObject>();
  private installed: Pick<StationTls, 'cert' | 'key'> | null = null;

  constructor(
    private readonly identity: string,
    private readonly first: StationTls | undefined,
  ) {}

  /** How the station connects from now on. */
  get tls(): StationTls | undefined {
    return this.installed === null ? this.first : { ...this.first, ...this.installed };
  }

  /** It has a certificate of its own. */
  get isCertified(): boolean {
    return (this.installed ?? this.first)?.cert !== undefined;
  }

  /** The payload of SignCertificate for a triggered message; null: the station has no such message. */
  request(triggered: string): Record<string, unknown> | null {
    if (!Object.hasOwn(KINDS, triggered)) return null;
    const certificateType = KINDS[triggered];
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.keys.set(certificateType ?? '', privateKey);
    const csr = signingRequest({ publicKey, privateKey }, { commonName: this.identity, organization: organizationIn(this.tls?.cert) });
    return { csr, ...(certificateType === undefined ? {} : { certificateType }) };
  }

  /** A02.FR.06: null where the certificate is not of the key that it was asked for; else whether the station connects by it. */
  install(chain: string, certificateType: string | undefined): { connects: boolean } | null {
    const key = this.keys.get(certificateType ?? '');
    const certificate = PEM.exec(chain)?.[0];
    if (key === undefined || certificate === undefined || !new X509Certificate(certificate).checkPrivateKey(key)) return null;
    if (certificateType === OF_VEHICLES) return { connects: false };
    this.installed = { cert: chain, key: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
    return { connects: true };
  }
}

/** O of the present certificate, which the next one is to have as well. */
function organizationIn(pem: string | undefined): string | null {
  const subject = pem === undefined ? '' : new X509Certificate(pem).subject;
  return /^O=(.*)$/m.exec(subject)?.[1] ?? null;
}
