import type { Attributes, Characteristics, StoredVariable } from '../domain/variable';

export const VARIABLE_COLUMNS =
  'v.id, v.component, v.component_instance, v.evse, v.connector, v.variable, v.variable_instance, v.config_key, v.attributes, v.characteristics, v.secret, v.reported_at';

export interface VariableRow {
  id: string;
  component: string | null;
  component_instance: string | null;
  evse: number | null;
  connector: number | null;
  variable: string;
  variable_instance: string | null;
  config_key: string | null;
  attributes: Attributes;
  characteristics: Characteristics | null;
  secret: boolean;
  reported_at: Date;
}

export function toVariable(row: VariableRow): StoredVariable {
  const { id, component, evse, connector, variable, attributes, characteristics, secret } = row;
  const names = {
    component,
    componentInstance: row.component_instance,
    evse,
    connector,
    variable,
    variableInstance: row.variable_instance,
  };
  return { id, ...names, key: row.config_key, attributes, characteristics, secret };
}

export function rowOf(stored: StoredVariable): Omit<VariableRow, 'reported_at'> {
  const { componentInstance, variableInstance, key, ...rest } = stored;
  return { ...rest, component_instance: componentInstance, variable_instance: variableInstance, config_key: key };
}
