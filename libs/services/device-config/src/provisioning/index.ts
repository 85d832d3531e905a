export { provisioning } from './block';
export { hasStations, outdateProfiles } from './store/typeorm-stations-of-tenant';
