export type { Capabilities } from './capability-messages';
export type { StationCapabilities } from './station-capabilities';
export { TAKES_NO_LIST, type TypeormCapabilities, unsettled, waitedFrom } from './store/typeorm-capabilities';
