/** What certificates of stations are for, as OCPP 2.1 names it (CertificateSigningUse); those of 1.6 are of the first kind. */
export const CERTIFICATE_KINDS = ['ChargingStationCertificate', 'V2GCertificate', 'V2G20Certificate'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

export const OF_THE_CONNECTION: CertificateKind = 'ChargingStationCertificate';
