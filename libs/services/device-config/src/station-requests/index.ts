export { stationRequests } from './block';
export { ended, noted, REQUEST_STATES, type RequestState, type StationRequest } from './domain/station-request';
export { retriesIn, type Retries } from './domain/retries';
export { LATE_MS, RUN_HOURS, SWEEP_BATCH } from './limits';
export type { RequestMessage, RequestRules, RequestedStation } from './request-rules';
export { requestFilters, requestMembers, requestOptions, requestView } from './http/station-request';
export type { RequestFilters, RequestSort } from './store/request-list';
export type { StationRequests } from './station-requests';
export type { TypeormStationRequests } from './store/typeorm-station-requests';
