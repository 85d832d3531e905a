export { deviceModel } from './block';
export type { DeviceModel } from './device-model';
export { givenId, nameFor } from './domain/name-for';
export {
  LONGEST_SET_VALUE,
  SETTING_RESULTS,
  isReadOnly,
  readingMessages,
  settingMessages,
  settingResult,
  wireNames,
  type SettingResult,
} from './domain/setting';
export { attributeId, variableId, type AttributeType, type StoredVariable, type VariableName } from './domain/variable';
export { attributeType, nameOf, valueText } from './domain/observation';
export {
  PLACE_FAULT,
  attributeTypeSchema,
  hasWholePlace,
  isNamed,
  nameMembers,
  requestedNameMembers,
  requestedValueMembers,
} from './http/variable';
export { countParts, hasPart, isWhole, missingParts, withPart, type PartRanges } from './domain/report';
export { inMessages, sizeOf, type MessageLimits } from './domain/message-limits';
export { observeEventValues } from './ocpp2/event-values';
export { attributeKey, setStatuses } from './ocpp2/variable-answers';
export { endOf } from './reports';
export { sendInTurn, type SentCommand } from './send-in-turn';
export type { StationLimits } from './station-limits';
export type { TypeormDeviceModel } from './store/typeorm-device-model';
export type { VariableResults } from './variable-results';
export { rangeSchema } from './http/variable-report';
