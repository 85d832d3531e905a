export { stationChanges } from './block';
export { StationChanges } from './station-changes';
