export { provisioning } from './block';
export type { Evictions } from './evictions';
export { securityProfile } from './http/security-profile';
export { outdateProfiles, stationsOf } from './store/typeorm-stations-of-tenant';
