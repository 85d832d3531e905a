export { type Answer, type AnswerTable, type DecideEach, type StationMessage, type StoreMany } from './answers';
export { COMMAND_DOOR, type CommandDoor, type CommandWish } from './command-door';
