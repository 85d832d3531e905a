import type { StationRef } from '@voltbus/contracts';
import { variableId, type TypeormDeviceModel } from '../device-model';

/** The device models of stations, as far as they tell slots of network profiles. */
export type NetworkSlots = Pick<TypeormDeviceModel, 'find'>;

const ORDER = variableId({
  ...{ component: 'OCPPCommCtrlr', componentInstance: null, evse: null, connector: null },
  ...{ variable: 'NetworkConfigurationPriority', variableInstance: null, key: null },
});

/** The slots that a station has, as it lists them (B09); null: it has not told. */
export async function slotsOf(model: NetworkSlots, ref: StationRef): Promise<string | null> {
  const [variable] = await model.find(ref, [ORDER]);
  return variable?.characteristics?.valuesList ?? null;
}
