export { CLIENT_AUTHENTICATION, MAX_PATH, flawOf, isForClients, issued, pathTo, type Path, type Trust } from './certificate-chain';
export { idFromHashData, idOf, keyOf, type CertificateId, type HashData } from './certificate-id';
export { HttpOcsp } from './http-ocsp';
export { fingerprintOf, readCertificate, readPem, type ReadCertificate } from './pkijs-certificate';
export { MAX_CRL_BYTES, readRevocationLists, statusByList, type RevocationList } from './pkijs-crl';
export { MAX_ENCLOSED, ocspRequest, readStatus } from './pkijs-ocsp';
export { MAX_KEPT_MS, MAX_UNDER_WAY, Revocations, type OcspTelemetry, type Revocation } from './revocation';
export { issueCertificate, signRevocationList, type Issuer, type RevokedSerial } from './pkijs-issuing';
export { publicKeyOf, readSigningRequest, requestPem, type PublicKeyFacts, type ReadSigningRequest } from './pkijs-signing-request';
