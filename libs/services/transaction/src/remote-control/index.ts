export { responseStatus } from './domain/response-status';
export { remoteCommands, type StationCall } from './remote-commands';
export { drawStationNumber } from './station-number';
export type { Followed, TypeormRemoteStarts } from './store/typeorm-remote-starts';
