import { asText, stationNumber } from '@voltbus/contracts';
import { ATTRIBUTES, MUTABILITIES, type AttributeType, type Characteristics, type Mutability, type VariableName } from './variable';

/** Longest name or instance that is kept: 2.x has 50 characters. A variable with a longer one is not kept. */
export const MAX_NAME = 100;
/** Longest value that is kept: what a report of 2.x may have (ReportingValueSize). The rest of a longer one is cut off. */
export const MAX_VALUE = 2_500;
/** Longest list of values that is kept: what 2.x allows. */
const MAX_VALUES_LIST = 1_000;

/** An attribute as a station shows it; what is left out is not known from there. */
export interface ObservedAttribute {
  type: AttributeType;
  value?: string | null;
  mutability?: Mutability;
  persistent?: boolean;
  constant?: boolean;
  /** It is used after the next boot only (RebootRequired). */
  pending?: boolean;
}

/** A variable as a report, an answer or an event shows it. */
export interface Observation {
  name: VariableName;
  attributes: ObservedAttribute[];
  characteristics?: Characteristics;
  /** The station does not have it any more. */
  gone?: boolean;
}

/** A component and a variable of 2.x, as they arrive: what is wrong in them is not trusted. */
export interface WireVariable {
  component?: { name?: unknown; instance?: unknown; evse?: { id?: unknown; connectorId?: unknown } };
  variable?: { name?: unknown; instance?: unknown };
}

interface WireAttribute {
  type?: unknown;
  value?: unknown;
  mutability?: unknown;
  persistent?: unknown;
  constant?: unknown;
}

/** Null: the names cannot be kept. */
export function nameOf({ component, variable }: WireVariable): VariableName | null {
  const [componentName, variableName] = [nameText(component?.name), nameText(variable?.name)];
  const instances = [component?.instance, variable?.instance].map((given) =>
    given === undefined || given === null ? '' : nameText(given),
  );
  const [componentInstance, variableInstance] = instances;
  const numbers = [component?.evse?.id, component?.evse?.connectorId].map((given) =>
    given === undefined ? undefined : stationNumber(given),
  );
  const [evse, connector] = numbers;
  if (!componentName || !variableName || componentInstance === null || variableInstance === null) return null;
  if (evse === null || connector === null) return null;
  return {
    component: componentName,
    componentInstance: componentInstance === '' ? null : (componentInstance ?? null),
    evse: evse ?? null,
    connector: connector ?? null,
    variable: variableName,
    variableInstance: variableInstance === '' ? null : (variableInstance ?? null),
    key: null,
  };
}

/** Null: it is of a type that is not known. */
export function attributeOf(given: WireAttribute): ObservedAttribute | null {
  const type = attributeType(given.type);
  if (type === null) return null;
  const mutability = MUTABILITIES.find((one) => one === given.mutability);
  return {
    type,
    value: valueText(given.value),
    ...(mutability === undefined ? {} : { mutability }),
    ...(typeof given.persistent === 'boolean' ? { persistent: given.persistent } : {}),
    ...(typeof given.constant === 'boolean' ? { constant: given.constant } : {}),
  };
}

/** An attribute without a type is `Actual`. */
export function attributeType(given: unknown): AttributeType | null {
  return given === undefined || given === null ? 'Actual' : (ATTRIBUTES.find((one) => one === given) ?? null);
}

/** Null for what is no value: most stations write texts, some numbers and booleans. */
export function valueText(given: unknown): string | null {
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') return null;
  return asText(String(given).slice(0, MAX_VALUE));
}

export function characteristicsOf(given: Readonly<Record<string, unknown>>): Characteristics {
  const { dataType, unit, minLimit, maxLimit, valuesList, supportsMonitoring } = given;
  return {
    dataType: shortText(dataType, MAX_NAME),
    unit: shortText(unit, MAX_NAME),
    minLimit: finite(minLimit),
    maxLimit: finite(maxLimit),
    valuesList: shortText(valuesList, MAX_VALUES_LIST),
    supportsMonitoring: typeof supportsMonitoring === 'boolean' ? supportsMonitoring : null,
  };
}

/** Null: it is no name, or too long for one. */
export function nameText(given: unknown): string | null {
  if (typeof given !== 'string' || given.length > MAX_NAME) return null;
  const text = asText(given).trim();
  return text === '' ? null : text;
}

function shortText(given: unknown, most: number): string | null {
  return typeof given === 'string' ? asText(given.slice(0, most)) : null;
}

function finite(given: unknown): number | null {
  return typeof given === 'number' && Number.isFinite(given) ? given : null;
}
