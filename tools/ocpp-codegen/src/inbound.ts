import { MAX_INTEGER, withinBounds } from './exact';
import { mapSchemas, type Schema, type VersionSchemas } from './schemas';

/** Definitions (2.x) and properties (1.6) whose value informs and decides nothing: a word we do not know is kept as text. */
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

/** Properties that hold text by the schema and any JSON in the field (DataTransfer of 1.6). */
const ANY_JSON_16 = ['DataTransferRequest', 'DataTransferResponse'];

/** Arrays that some stations leave out when they have nothing to report. */
const MISSING_IS_EMPTY = ['sampledValue', 'meterValue'];

/** Longest text taken where the schema sets a shorter limit; what the schema allows beyond it is allowed four times over. */
const LONGEST_SHORT_TEXT = 255;

/**
 * What we can still work with from a station. Two kinds of words: limits, that ajv judges, and what
 * `libs/ocpp/src/leniency.ts` repairs or notes before ajv looks (`open`, `anyJson`, `emptyIfMissing`, and the limits that
 * were lifted, as `strict...`).
 */
export function inboundSchemas(version: VersionSchemas): VersionSchemas {
  const is16 = version.protocol === 'ocpp1.6';
  const messages = new Map<string, Schema>();
  for (const [name, schema] of version.messages) {
    messages.set(name, relax(schema, { openProperties: is16 ? open16(name) : [], anyJson: is16 && ANY_JSON_16.includes(name) }));
  }
  const definitions = mapSchemas(version.definitions, (schema, name) =>
    relax(OPEN_DEFINITIONS.includes(name) ? open(schema) : schema, { openProperties: [], anyJson: false }),
  );
  return { ...version, messages, definitions };
}

function open16(message: string): string[] {
  return OPEN_STATUS_16.includes(message) ? [...OPEN_PROPERTIES_16, 'status'] : OPEN_PROPERTIES_16;
}

interface Leeway {
  openProperties: string[];
  anyJson: boolean;
}

function relax(schema: Schema, leeway: Leeway): Schema {
  const { minItems, maxItems, multipleOf, ...relaxed } = schema;
  if (schema.type === 'array') relaxed.strictItems = [minItems ?? 0, maxItems ?? Number.MAX_SAFE_INTEGER];
  if (multipleOf !== undefined) relaxed.strictMultipleOf = multipleOf;
  // Registers and ids beyond 32 bits exist in the field; beyond 53 bits we could not even repeat them.
  if (schema.type === 'integer') Object.assign(relaxed, withinBounds(schema, Number.MAX_SAFE_INTEGER), { strictMaximum: MAX_INTEGER });
  if (typeof schema.maxLength === 'number') {
    relaxed.strictLength = schema.maxLength;
    relaxed.maxLength = schema.maxLength <= LONGEST_SHORT_TEXT ? LONGEST_SHORT_TEXT : schema.maxLength * 4;
  }
  if (schema.items) relaxed.items = relax(schema.items, leeway);
  if (schema.properties) relaxed.properties = mapSchemas(schema.properties, (property, name) => relaxProperty(property, name, leeway));
  const fillable = (schema.required ?? []).filter((name) => MISSING_IS_EMPTY.includes(name));
  if (fillable.length > 0) relaxed.emptyIfMissing = fillable;
  return relaxed;
}

function relaxProperty(property: Schema, name: string, leeway: Leeway): Schema {
  const relaxed = relax(property, leeway);
  if (leeway.anyJson && name === 'data') return { ...relaxed, anyJson: true };
  return property.enum && leeway.openProperties.includes(name) ? open(relaxed) : relaxed;
}

function open(schema: Schema): Schema {
  const { enum: members, ...rest } = schema;
  return { ...rest, open: members, maxLength: LONGEST_SHORT_TEXT };
}
