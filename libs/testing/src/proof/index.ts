export { Api, eventually, type Reply } from './api';
export { readTopic } from './kafka-topic';
export { ForeignStation, PROTOCOL_NAMES, type ProtocolName, type StationOptions } from './foreign-station';
export { authorize, boot, read, report, start, stop, type Plan } from './session';
export { EventListener, type HeardEvent } from './event-listener';
export { proveGroupPrices } from './group-prices';
export { proveListening } from './listening';
export { planFor, provePlugToCdr, type ProofShape } from './plug-to-cdr';
export { prepare, type Shape } from './shape';
