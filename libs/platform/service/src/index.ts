export {
  answer,
  answerTable,
  type ActionAnswer,
  type Answer,
  type AnswerTable,
  type DecideEach,
  type StationMessage,
  type StoreMany,
} from './answers';
export { defineBlock, type Block, type BuildContext, type HttpPart, type Job, type LaneObservation, type StoreContext } from './block';
export { COMMAND_SENDER, type CommandSender, type CommandToSend } from './command-sender';
export { onBatch, onEach, onRecords, type EventSubscription } from './on-event';
export { Service, type ServiceParts } from './service';
export { migrationsOf, rowConditionsOf, tablesOf, type ServiceDefinition } from './service-definition';
export { deletedTenants } from './deleted-tenants';
export { tokenErasures } from './token-erasures';
export { TokenErasureRun } from './token-erasure-run';
export { tokenTracesOf, type ErasureState, type TokenTraces } from './token-traces-port';
export { observeLanes } from './observe-lane';
export { publishDownlink } from './publish-downlink';
export { ReceivedEvent, receiveEvent } from './received-event';
export { sendCommand } from './send-command';
export { serveLane, type LaneOptions } from './serve-lane';
export { serviceModules, type ServiceModules } from './service.module';
export { READINGS_ALLOWANCE, MAX_STATIONS_COUNTED, StationAllowance, UNHANDLED_MESSAGES_ALLOWANCE } from './station-allowance';
export { TypeormUnhandledMessages, removeUnhandledMessages } from './typeorm-unhandled-messages';
export {
  answerUnhandled,
  unhandledMessagesDeclaration,
  unhandledMessagesMigration,
  type UnhandledMessage,
  type UnhandledMessagesTable,
} from './unhandled-messages';
