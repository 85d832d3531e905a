import type { OcppMessage } from './ocpp-message';

type Payload = Record<string, unknown>;
type PayloadMutation = (message: OcppMessage) => OcppMessage;

/** Is added to a register: too little to round it to another whole Wh. */
const FRACTION_WH = 0.4;

/** Changes that make a payload invalid by the schema or odd. The meaning of the message stays the same. */
const PAYLOAD_MUTATIONS = {
  /** Quirk 38: one reading stands where the list of readings belongs. */
  'object-meter-value': onlyIn(['MeterValues'], (payload) => {
    const [first] = payload['meterValue'] as Payload[];
    return { ...payload, meterValue: first };
  }),
  /** Quirk 39: the readings between the first and the last have no samples. */
  'no-samples': ({ action, payload }) =>
    action === 'MeterValues' || payload['eventType'] === 'Updated'
      ? { action, payload: { ...payload, meterValue: readings(payload).map((reading) => ({ ...reading, sampledValue: [] })) } }
      : { action, payload },
  /** Quirk 42: units that are in no schema. */
  'vendor-units': onlyIn(['MeterValues'], (payload) => ({
    ...payload,
    meterValue: readings(payload).map((reading) => ({
      ...reading,
      sampledValue: [
        ...(reading['sampledValue'] as Payload[]),
        { value: '21', measurand: 'Temperature', unit: 'Celcius' },
        { value: '50', measurand: 'Frequency', unit: 'Hertz' },
      ],
    })),
  })),
  /** Quirk 48: registers have fractions. */
  'fractional-registers': onlyIn(['StartTransaction', 'StopTransaction'], (payload) => ({
    ...payload,
    ...fraction(payload, 'meterStart'),
    ...fraction(payload, 'meterStop'),
  })),
  /** Quirk 34: the vendor is empty. */
  'empty-vendor': onlyIn(['BootNotification'], (payload) => {
    const station = payload['chargingStation'];
    return station === undefined
      ? { ...payload, chargePointVendor: '' }
      : { ...payload, chargingStation: { ...(station as Payload), vendorName: '' } };
  }),
} satisfies Readonly<Record<string, PayloadMutation>>;

export type PayloadMutationName = keyof typeof PAYLOAD_MUTATIONS;

export function applyMutations(message: OcppMessage, names: readonly PayloadMutationName[] = []): OcppMessage {
  return names.reduce((changed, name) => (PAYLOAD_MUTATIONS[name] as PayloadMutation)(changed), message);
}

function onlyIn(actions: readonly string[], change: (payload: Payload) => Payload): PayloadMutation {
  return ({ action, payload }) => ({ action, payload: actions.includes(action) ? change(payload) : payload });
}

function readings({ meterValue }: Payload): Payload[] {
  return Array.isArray(meterValue) ? (meterValue as Payload[]) : []; // as our own message builder made it
}

function fraction(payload: Payload, name: string): Payload {
  const wh = payload[name];
  return typeof wh === 'number' ? { [name]: wh + FRACTION_WH } : {};
}
