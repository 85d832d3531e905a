export { type Answer, type AnswerTable, type DecideEach, type StationMessage, type StoreMany } from './answers';
export { ask } from './ask';
export { COMMAND_DOOR, type CommandDoor, type CommandWish } from './command-door';
export { KEPT_MESSAGES_BOUND, keptMessageRows } from './kept-messages';
export { overhear, type OverhearOptions } from './overhear';
export { sendDown } from './send-down';
export { serveLane, type LaneOptions } from './serve-lane';
export { KEPT_MESSAGES, KEPT_READINGS, MAX_STATIONS_COUNTED, StationAllowance } from './station-allowance';
