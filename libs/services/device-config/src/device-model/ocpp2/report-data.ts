import type { v21 } from '@voltbus/ocpp';
import { attributeOf, characteristicsOf, nameOf, type Observation } from '../domain/observation';

/** The variables of a part of a report. Those whose names cannot be kept are left out. */
export function observationsIn({ reportData = [] }: Pick<v21.NotifyReportRequest, 'reportData'>): Observation[] {
  return reportData.flatMap(({ component, variable, variableAttribute, variableCharacteristics }) => {
    const name = nameOf({ component, variable });
    if (name === null) return [];
    const attributes = variableAttribute.flatMap((given) => attributeOf(given) ?? []);
    const characteristics =
      variableCharacteristics === undefined ? {} : { characteristics: characteristicsOf({ ...variableCharacteristics }) };
    return { name, attributes, ...characteristics };
  });
}
