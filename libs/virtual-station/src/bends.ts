import type { Spoken } from './words';

type Payload = Record<string, unknown>;
type Bend = (spoken: Spoken) => Spoken;

/** How much a fraction of a register is off; never enough to round it to another whole Wh. */
const FRACTION_WH = 0.4;

/** Ways to say the same thing wrong. What the message means stays what it was. */
const BENDS = {
  /** Quirk 38: the list of readings is a reading. */
  'object-meter-value': onlyIn(['MeterValues'], (payload) => {
    const [first] = payload['meterValue'] as Payload[];
    return { ...payload, meterValue: first };
  }),
  /** Quirk 39: readings between the first and the last have no samples. */
  'no-samples': ({ action, payload }) =>
    action === 'MeterValues' || payload['eventType'] === 'Updated'
      ? { action, payload: { ...payload, meterValue: readings(payload).map((reading) => ({ ...reading, sampledValue: [] })) } }
      : { action, payload },
  /** Quirk 42: units that no schema knows. */
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
  /** Quirk 48: registers with fractions. */
  'fractional-registers': onlyIn(['StartTransaction', 'StopTransaction'], (payload) => ({
    ...payload,
    ...fraction(payload, 'meterStart'),
    ...fraction(payload, 'meterStop'),
  })),
  /** Quirk 34: nobody made it. */
  'empty-vendor': onlyIn(['BootNotification'], (payload) => {
    const station = payload['chargingStation'];
    return station === undefined
      ? { ...payload, chargePointVendor: '' }
      : { ...payload, chargingStation: { ...(station as Payload), vendorName: '' } };
  }),
} satisfies Readonly<Record<string, Bend>>;

export type BendName = keyof typeof BENDS;

export function bent(spoken: Spoken, names: readonly BendName[] = []): Spoken {
  return names.reduce((said, name) => (BENDS[name] as Bend)(said), spoken);
}

function onlyIn(actions: readonly string[], change: (payload: Payload) => Payload): Bend {
  return ({ action, payload }) => ({ action, payload: actions.includes(action) ? change(payload) : payload });
}

function readings({ meterValue }: Payload): Payload[] {
  return Array.isArray(meterValue) ? (meterValue as Payload[]) : []; // as our own words made it
}

function fraction(payload: Payload, name: string): Payload {
  const wh = payload[name];
  return typeof wh === 'number' ? { [name]: wh + FRACTION_WH } : {};
}
