export { certificates } from './block';
export { OF_THE_CONNECTION, type CertificateKind } from './domain/certificate-kind';
export { kindSchema } from './http/certificate';
export { Renewals } from './renewals';
export type { FollowedRenewal, TypeormCertificates } from './store/typeorm-certificates';
