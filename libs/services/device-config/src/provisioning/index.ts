export { provisioning } from './block';
export { stationNameSchema } from './http/station';
export { StationDirectory } from './station-directory';
export { outdateProfiles } from './store/typeorm-outdate-profiles';
