import type { StationRef } from '@voltbus/contracts';
import { variableId, type StoredVariable, type TypeormDeviceModel, type VariableName } from '../device-model';
import { membersIn, type DisplayLimits } from './domain/display-limits';

function named(variable: string): VariableName {
  return {
    component: 'DisplayMessageCtrlr',
    componentInstance: null,
    evse: null,
    connector: null,
    variable,
    variableInstance: null,
    key: null,
  };
}

const FORMATS = variableId(named('SupportedFormats'));
const PRIORITIES = variableId(named('SupportedPriorities'));
const STATES = variableId(named('SupportedStates'));
const LANGUAGE = variableId(named('Language'));
/** Of the second, the name in some editions. */
const COUNTS = [variableId(named('DisplayMessages')), variableId(named('NumberOfDisplayMessages'))];

/** What a station has told of its display in its device model. */
export async function displayLimitsOf(model: Pick<TypeormDeviceModel, 'find'>, ref: StationRef): Promise<DisplayLimits> {
  const variables = await model.find(ref, [FORMATS, PRIORITIES, STATES, LANGUAGE, ...COUNTS]);
  const of = (id: string): StoredVariable | undefined => variables.find((one) => one.id === id);
  const members = (id: string) =>
    membersIn(of(id)?.attributes.Actual?.value ?? null) ?? membersIn(of(id)?.characteristics?.valuesList ?? null);
  return {
    formats: members(FORMATS),
    priorities: members(PRIORITIES),
    states: members(STATES),
    // its value is the language of the display, its list are those that it knows (O01.FR.18)
    languages: membersIn(of(LANGUAGE)?.characteristics?.valuesList ?? null),
    messages: COUNTS.map((id) => of(id)?.characteristics?.maxLimit ?? null).find((limit) => limit !== null) ?? null,
  };
}
