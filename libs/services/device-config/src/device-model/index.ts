export { deviceModel } from './block';
export type { DeviceModel } from './device-model';
export { givenId, nameFor, type GivenName } from './domain/name-for';
export {
  LONGEST_SET_VALUE,
  isReadOnly,
  readingMessages,
  settingMessages,
  settingResult,
  wireNames,
  type SettingResult,
  type WantedValue,
} from './domain/setting';
export { variableId, type AttributeType, type StoredVariable, type VariableName } from './domain/variable';
export { nameOf } from './domain/observation';
export { attributeType } from './domain/observation';
export {
  PLACE_FAULT,
  attributeTypeSchema,
  hasWholePlace,
  isNamed,
  nameMembers,
  requestedNameMembers,
  requestedValueMembers,
} from './http/variable';
export type { MessageLimits } from './domain/message-limits';
export { observeEventValues } from './ocpp2/event-values';
export { attributeKey, setStatuses } from './ocpp2/variable-answers';
export type { StationLimits } from './station-limits';
export type { TypeormDeviceModel } from './store/typeorm-device-model';
export type { VariableResults } from './variable-results';
