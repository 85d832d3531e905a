import { deterministicId } from '@voltbus/contracts';

/** Attributes of a variable of 2.x. A key of 1.6 has `Actual` only. */
export const ATTRIBUTES = ['Actual', 'Target', 'MinSet', 'MaxSet'] as const;
export type AttributeType = (typeof ATTRIBUTES)[number];

export const MUTABILITIES = ['ReadOnly', 'WriteOnly', 'ReadWrite'] as const;
export type Mutability = (typeof MUTABILITIES)[number];

/** What a variable is called: component and variable of 2.x, and the key of 1.6. A key that has no counterpart in 2.x has no component. */
export interface VariableName {
  component: string | null;
  componentInstance: string | null;
  evse: number | null;
  connector: number | null;
  /** The variable of 2.x; of a key without a counterpart the key itself. */
  variable: string;
  variableInstance: string | null;
  /** The key of 1.6; null: the station has reported it as a variable of 2.x. */
  key: string | null;
}

/** What a station says of the values that a variable may have. */
export interface Characteristics {
  dataType: string | null;
  unit: string | null;
  minLimit: number | null;
  maxLimit: number | null;
  valuesList: string | null;
  supportsMonitoring: boolean | null;
}

/** One attribute of a variable, as it is stored. */
export interface StoredAttribute {
  /** Null: the station has shown none, or it is a secret. */
  value: string | null;
  mutability: Mutability | null;
  persistent: boolean | null;
  constant: boolean | null;
  /** When the value was received, epoch milliseconds. */
  at: number;
  /** The station has accepted this value and uses it after its next boot; `at` is the instant of its answer. */
  pending?: { value: string | null; at: number };
}

export type Attributes = Partial<Record<AttributeType, StoredAttribute>>;

export interface StoredVariable extends VariableName {
  id: string;
  attributes: Attributes;
  characteristics: Characteristics | null;
  /** Its value is never stored. */
  secret: boolean;
}

/** Names are compared without regard to case (2.x part 1, section 4.1). The same variable has the same id at every station. */
export function variableId({ component, componentInstance, evse, connector, variable, variableInstance, key }: VariableName): string {
  if (key !== null) return deterministicId('key', key.toLowerCase());
  const names = [component, componentInstance, variable, variableInstance].map((name) => (name ?? '').toLowerCase());
  return deterministicId('variable', ...names, evse ?? '', connector ?? '');
}

/** Tells the attributes of a station's variables apart. */
export function attributeId(name: VariableName, attribute: AttributeType): string {
  return `${variableId(name)} ${attribute}`;
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
