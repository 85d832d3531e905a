export { responseStatus } from './domain/response-status';
export { remoteCommands, type StationCall } from './remote-commands';
export { drawStationNumber } from './station-number';
export type { TypeormRemoteStarts } from './store/typeorm-remote-starts';
