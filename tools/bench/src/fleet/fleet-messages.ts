/** What stations of the fleet send and answer. */
export type FleetProtocol = 'ocpp1.6' | 'ocpp2.0.1';

/** Variables of each station: as many as a charging station of two EVSEs reports. */
export const VARIABLES = 300;
/** Variables in one NotifyReport. */
const OF_A_PART = 50;
/** Variables of one component. */
const OF_A_COMPONENT = 10;
export const FIRMWARE = '1.0.0';

/** Set by the campaign, and wanted by the profile with another value than stations have. */
export const CAMPAIGN_VARIABLE = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', key: 'HeartbeatInterval' } as const;

/** The first has even numbers and speaks 1.6, the others speak 2.0.1. */
export function protocolOf(station: number): FleetProtocol {
  return station % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1';
}

export function boot(protocol: FleetProtocol): object {
  return protocol === 'ocpp1.6'
    ? { chargePointVendor: 'Fleet', chargePointModel: 'One', firmwareVersion: FIRMWARE }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Fleet', model: 'Two', firmwareVersion: FIRMWARE } };
}

/** A session of 1.6 is four reports, one of 2.0.1 is two: each report changes the state, so that each is an entry of the history. */
export function status(protocol: FleetProtocol, nth: number): object {
  const timestamp = new Date().toISOString();
  return protocol === 'ocpp1.6'
    ? { connectorId: 1, errorCode: 'NoError', status: STATUSES[nth % STATUSES.length], timestamp }
    : { evseId: 1, connectorId: 1, connectorStatus: nth % 2 === 0 ? 'Occupied' : 'Available', timestamp };
}

const STATUSES = ['Preparing', 'Charging', 'Finishing', 'Available'] as const;

export function answerTo(action: string, payload: Readonly<Record<string, unknown>>): object {
  switch (action) {
    case 'GetConfiguration':
      return { configurationKey: configurationKeys(payload['key'] as string[] | undefined), unknownKey: [] };
    case 'GetVariables':
      return {
        getVariableResult: results(payload['getVariableData']).map((one) => ({
          ...one,
          attributeStatus: 'Accepted',
          attributeValue: '60',
        })),
      };
    case 'SetVariables':
      return { setVariableResult: results(payload['setVariableData']).map((one) => ({ ...one, attributeStatus: 'Accepted' })) };
    default:
      return { status: 'Accepted' };
  }
}

/** The parts of a full report. */
export function reportParts(requestId: number): object[] {
  const all = variables();
  return Array.from({ length: Math.ceil(all.length / OF_A_PART) }, (_, seqNo) => ({
    ...{ requestId, generatedAt: new Date().toISOString(), seqNo },
    tbc: (seqNo + 1) * OF_A_PART < all.length,
    reportData: all.slice(seqNo * OF_A_PART, (seqNo + 1) * OF_A_PART),
  }));
}

function variables(): object[] {
  const { component, variable } = CAMPAIGN_VARIABLE;
  const named = { component: { name: component }, variable: { name: variable }, ...described('60') };
  return [named, ...Array.from({ length: VARIABLES - 1 }, (_, nth) => ({ ...numbered(nth), ...described(`value ${nth}`) }))];
}

function numbered(nth: number): object {
  const component = { name: `Component${Math.floor(nth / OF_A_COMPONENT)}`, evse: { id: 1 + (nth % 2) } };
  return { component, variable: { name: `Variable${nth}` } };
}

function described(value: string): object {
  const dataType = value.includes(' ') ? 'string' : 'integer';
  return {
    variableAttribute: [{ type: 'Actual', value, mutability: 'ReadWrite', persistent: true, constant: false }],
    variableCharacteristics: { dataType, supportsMonitoring: false },
  };
}

function configurationKeys(asked: readonly string[] | undefined): object[] {
  const names = [CAMPAIGN_VARIABLE.key, ...Array.from({ length: VARIABLES - 1 }, (_, nth) => `VendorKey${nth}`)];
  const wanted = asked === undefined || asked.length === 0 ? names : names.filter((name) => asked.includes(name));
  return wanted.map((key) => ({ key, readonly: false, value: key === CAMPAIGN_VARIABLE.key ? '60' : `value of ${key}` }));
}

/** Component, variable and attribute of each item, without its value. */
function results(items: unknown): object[] {
  return (items as { component: object; variable: object; attributeType?: string }[]).map(({ component, variable, attributeType }) => ({
    ...{ component, variable },
    ...(attributeType === undefined ? {} : { attributeType }),
  }));
}
