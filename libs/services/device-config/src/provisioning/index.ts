export { provisioning } from './block';
export { outdateProfiles, stationsOf } from './store/typeorm-stations-of-tenant';
