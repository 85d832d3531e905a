export { provisioning } from './block';
export { passwordForms } from './domain/password';
export type { Evictions } from './evictions';
export { securityProfile } from './http/security-profile';
export { addEviction, addEvictions } from './store/typeorm-evictions';
export { outdateProfiles, stationsOf } from './store/typeorm-stations-of-tenant';
