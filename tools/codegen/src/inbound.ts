import { MAX_INTEGER, withinBounds } from './exact';
import { mapSchemas, type Schema, type VersionSchemas } from './schemas';

/** Enumerations (2.x definitions, 1.6 properties) whose value informs and decides nothing: an unknown value is kept as text. */
const OPEN_DEFINITIONS = [
  'BootReasonEnumType',
  'ChargingLimitSourceEnumType',
  'ChargingStateEnumType',
  'EventNotificationEnumType',
  'FirmwareStatusEnumType',
  'IdTokenEnumType',
  'LocationEnumType',
  'MeasurandEnumType',
  'PhaseEnumType',
  'PreconditioningStatusEnumType',
  'PublishFirmwareStatusEnumType',
  'ReadingContextEnumType',
  'ReasonEnumType',
  'TriggerReasonEnumType',
  'UploadLogStatusEnumType',
];
const OPEN_PROPERTIES_16 = ['context', 'errorCode', 'location', 'measurand', 'phase', 'reason', 'unit'];
const OPEN_STATUS_16 = ['DiagnosticsStatusNotificationRequest', 'FirmwareStatusNotificationRequest'];

/** Messages whose `data` is text by the schema and any JSON in the field (DataTransfer of 1.6). */
const ANY_JSON_16 = ['DataTransferRequest', 'DataTransferResponse'];

/** Arrays that some stations leave out when they have nothing to report. */
const MISSING_IS_EMPTY = ['sampledValue', 'meterValue'];

/** Integers that exceed OCPP's 32 bits in the field and are kept: ids that a CSMS gave, registers of meters, counts that are clocks. */
const LARGE = ['transactionId', 'meterStart', 'meterStop', 'seqNo'];
/** Registers that OCPP 1.6 wants in whole Wh: a fraction is kept, since the difference of two is billed. */
const REGISTERS = ['meterStart', 'meterStop'];

/**
 * Required members without which a message is kept all the same (ADR 32), by message or definition; its handler copes with their absence. Besides
 * them every time may be missing: the time of receipt replaces it.
 */
const MAY_LACK: Readonly<Record<string, readonly string[]>> = {
  BootNotificationRequest: ['chargePointVendor', 'chargePointModel', 'reason', 'chargingStation'],
  ChargingStationType: ['vendorName', 'model'],
  StatusNotificationRequest: ['connectorId', 'errorCode', 'status', 'evseId', 'connectorStatus'],
  MeterValuesRequest: ['connectorId', 'evseId'],
  StartTransactionRequest: ['connectorId', 'idTag', 'meterStart'],
  StopTransactionRequest: ['transactionId', 'meterStop'],
  TransactionEventRequest: ['eventType', 'triggerReason', 'seqNo', 'transactionInfo'],
  TransactionType: ['transactionId'],
  IdTokenType: ['type'],
};

/** Texts that prove a bill may be as long as a frame, since half of them proves nothing. A text that is too long for a CDR stays with the readings. */
const EVIDENCE_DEFINITIONS = ['SignedMeterValueType'];

/** Texts may have this length where the schema sets a shorter limit, and four times the schema's limit where it is longer. */
const LONGEST_SHORT_TEXT = 255;
/** Characters of the largest frame that is read (`MAX_FRAME_BYTES` in libs/ocpp). */
const MAX_FRAME_TEXT = 1_048_576;

/**
 * Tolerant schemas of the messages of stations. They have two kinds of keywords: limits that ajv checks, and hints by which
 * `libs/ocpp/src/leniency.ts` repairs or notes a deviation before (`open`, `anyJson`, `emptyIfMissing`, `mayLack`, `limit`, and the limits
 * that were lifted, as `strict...`).
 */
export function inboundSchemas(version: VersionSchemas): VersionSchemas {
  const is16 = version.protocol === 'ocpp1.6';
  const messages = new Map<string, Schema>();
  for (const [name, schema] of version.messages) {
    messages.set(
      name,
      relax(schema, { openProperties: is16 ? open16(name) : [], anyJson: is16 && ANY_JSON_16.includes(name) }, MAY_LACK[name]),
    );
  }
  const definitions = mapSchemas(version.definitions, (schema, name) =>
    relax(
      OPEN_DEFINITIONS.includes(name) ? open(schema) : schema,
      { openProperties: [], anyJson: false, evidence: EVIDENCE_DEFINITIONS.includes(name) },
      MAY_LACK[name],
    ),
  );
  return { ...version, messages, definitions };
}

function open16(message: string): string[] {
  return OPEN_STATUS_16.includes(message) ? [...OPEN_PROPERTIES_16, 'status'] : OPEN_PROPERTIES_16;
}

interface Leeway {
  openProperties: string[];
  anyJson: boolean;
  evidence?: boolean;
}

function relax(schema: Schema, leeway: Leeway, mayLack: readonly string[] = []): Schema {
  const { minItems, maxItems, multipleOf, ...relaxed } = schema;
  if (schema.type === 'array') relaxed.strictItems = [minItems ?? 0, maxItems ?? Number.MAX_SAFE_INTEGER];
  if (multipleOf !== undefined) relaxed.strictMultipleOf = multipleOf;
  if (schema.type === 'integer') Object.assign(relaxed, withinBounds(schema, MAX_INTEGER), { limit: MAX_INTEGER });
  if (typeof schema.maxLength === 'number') {
    relaxed.strictLength = schema.maxLength;
    relaxed.maxLength = leeway.evidence === true ? MAX_FRAME_TEXT : longest(schema.maxLength);
  }
  if (schema.items) relaxed.items = relax(schema.items, leeway);
  if (schema.properties) relaxed.properties = mapSchemas(schema.properties, (property, name) => relaxProperty(property, name, leeway));
  return schema.required === undefined ? relaxed : { ...relaxed, ...required(schema, mayLack) };
}

function longest(allowed: number): number {
  return allowed <= LONGEST_SHORT_TEXT ? LONGEST_SHORT_TEXT : allowed * 4;
}

/** Divides the required members into those that must be there, those that may be missing and those that are filled in. */
function required({ required = [], properties = {} }: Schema, mayLack: readonly string[]): Schema {
  const fillable = required.filter((name) => MISSING_IS_EMPTY.includes(name));
  const lacking = required.filter((name) => mayLack.includes(name) || properties[name]?.format === 'date-time');
  const left = required.filter((name) => !lacking.includes(name));
  return {
    required: left,
    ...(fillable.length > 0 ? { emptyIfMissing: fillable } : {}),
    ...(lacking.length > 0 ? { mayLack: lacking } : {}),
  };
}

function relaxProperty(property: Schema, name: string, leeway: Leeway): Schema {
  const relaxed = LARGE.includes(name) && property.type === 'integer' ? large(property, name) : relax(property, leeway);
  if (leeway.anyJson && name === 'data') return { ...relaxed, anyJson: true };
  return property.enum && leeway.openProperties.includes(name) ? open(relaxed) : relaxed;
}

/** Beyond 53 bits a number could not be repeated exactly. */
function large(schema: Schema, name: string): Schema {
  const bounded = { ...withinBounds(schema, Number.MAX_SAFE_INTEGER), limit: Number.MAX_SAFE_INTEGER, strictMaximum: MAX_INTEGER };
  return REGISTERS.includes(name) ? { ...bounded, type: 'number', strictMultipleOf: 1 } : bounded;
}

function open(schema: Schema): Schema {
  const { enum: members, ...rest } = schema;
  return { ...rest, open: members, maxLength: LONGEST_SHORT_TEXT };
}
