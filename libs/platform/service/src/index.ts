export { type Answer, type AnswerTable, type DecideEach, type StationMessage, type StoreMany } from './answers';
export { sendCommand } from './send-command';
export { COMMAND_SENDER, type CommandSender, type CommandToSend } from './command-sender';
export { UNHANDLED_MESSAGES_BOUND, unhandledMessageRows } from './unhandled-messages';
export { observeLane, type ObserveLaneOptions } from './observe-lane';
export { publishDownlink } from './publish-downlink';
export { serveLane, type LaneOptions } from './serve-lane';
export { UNHANDLED_MESSAGES_ALLOWANCE, READINGS_ALLOWANCE, MAX_STATIONS_COUNTED, StationAllowance } from './station-allowance';
