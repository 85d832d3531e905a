import type { v21 } from '@voltbus/ocpp';
import { attributeType, nameOf, valueText, type Observation, type WireVariable } from '../domain/observation';
import { attributeId } from '../domain/variable';

/** B06: values in the answer to a GetVariables. A variable that the station rejects or does not have shows nothing. */
export function observationsOfGet(response: unknown): Observation[] {
  const { getVariableResult = [] } = (response ?? {}) as Partial<v21.GetVariablesResponse>; // the gateway has checked its shape
  return getVariableResult.flatMap(({ component, variable, attributeType: type, attributeStatus, attributeValue }) => {
    const [name, attribute] = [nameOf({ component, variable }), attributeType(type)];
    if (name === null || attribute === null || attributeStatus !== 'Accepted') return [];
    return { name, attributes: [{ type: attribute, value: valueText(attributeValue) }] };
  });
}

/** B05: values that the station has taken on. Results and what they are about are matched by names: a station may answer in any order, and leave some out. */
export function observationsOfSet(request: unknown, response: unknown): Observation[] {
  const { setVariableData = [] } = request as Partial<v21.SetVariablesRequest>; // the router has checked it
  const statuses = setStatuses(response);
  return setVariableData.flatMap(({ attributeType: given, attributeValue, ...names }) => {
    const [name, type, status] = [nameOf(names), attributeType(given), statuses.get(attributeKey({ attributeType: given, ...names }))];
    if (name === null || type === null || (status !== 'Accepted' && status !== 'RebootRequired')) return [];
    return { name, attributes: [{ type, value: valueText(attributeValue), ...(status === 'RebootRequired' ? { pending: true } : {}) }] };
  });
}

/** The status of each attribute in the answer to a SetVariables, by `attributeKey`. */
export function setStatuses(response: unknown): ReadonlyMap<string, string> {
  const { setVariableResult = [] } = (response ?? {}) as Partial<v21.SetVariablesResponse>; // the gateway has checked its shape
  return new Map(setVariableResult.map((result) => [attributeKey(result), result.attributeStatus]));
}

/** The id of an attribute as it arrives; empty: it is none that can be kept. */
export function attributeKey({ attributeType: given, ...names }: WireVariable & { attributeType?: unknown }): string {
  const [name, type] = [nameOf(names), attributeType(given)];
  return name === null || type === null ? '' : attributeId(name, type);
}
