import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { publicContracts } from './asyncapi';
import { PUBLIC_TOPICS, publicSchema } from './public-topics';

interface ObjectSchema {
  required: string[];
  properties: Record<string, ObjectSchema & { items?: ObjectSchema; anyOf?: ObjectSchema[] }>;
  additionalProperties?: unknown;
  $ref?: string;
  $defs?: Record<string, ObjectSchema>;
}
const schemaOf = (type: string, strictness: 'promised' | 'declared' = 'promised'): ObjectSchema => {
  const event = PUBLIC_TOPICS.flatMap(({ events }) => events).find((one) => one.type === type);
  if (event === undefined) throw new Error(`no public event ${type}`);
  // what publicSchema makes of an object
  return publicSchema(event, strictness) as ObjectSchema;
};
function validator(type: string) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats(ajv);
  return ajv.compile(schemaOf(type));
}

/** Version 1 as other teams were first given it. A line may be added; one that has to go asks for a `v2` of the topic. */
const SESSION =
  'tenant station id evse connector ocppTransactionId idToken state startedAt endedAt meterStartWh meterStopWh energyWh stopReason flags';
const CDR =
  'id revision kind creditOf tenant station evse connector transaction ocppTransactionId idToken startedAt endedAt timeZone meterStartWh ' +
  'meterStopWh energyWh chargingSeconds idleSeconds periods tariff cost signedData flags';
const CONNECTION = 'tenant station protocol gateway epoch at reason';
const PROMISED: Readonly<Record<string, string>> = {
  'voltbus.cdr.issued': CDR,
  'voltbus.cdr.credited': CDR,
  'voltbus.transaction.started': SESSION,
  'voltbus.transaction.updated': SESSION,
  'voltbus.transaction.ended': `${SESSION} revision periods signedData`,
  'voltbus.station.connected': CONNECTION,
  'voltbus.station.disconnected': CONNECTION,
  'voltbus.station.refused': 'tenant station remoteAddress reason at',
  'voltbus.station.protocol-mismatch': 'tenant station protocol spoken action gateway epoch at',
  'voltbus.command.ended': 'id tenant station action payload status response error createdAt sentAt endedAt',
};
const PROMISED_INSIDE_A_CDR: Readonly<Record<string, string>> = {
  periods: 'kind startedAt seconds energyWh cost',
  tariff: 'tariff currency perKwh perMinute perIdleMinute idleGraceMinutes fixed taxPercent',
  cost: 'currency energy time idle fixed total taxPercent totalInclTax',
};

describe('what other teams were promised', () => {
  it.each(Object.entries(PROMISED))('%s still has every field of version 1', (type, fields) => {
    expect(schemaOf(type).required).toEqual(expect.arrayContaining(fields.split(' ')));
  });

  it.each(Object.entries(PROMISED_INSIDE_A_CDR))('a CDR\u2019s %s still has every field of version 1', (name, fields) => {
    const { properties, $defs = {} } = schemaOf('voltbus.cdr.issued');
    const property = properties[name];
    const { $ref = '' } = property?.items ?? property?.anyOf?.[0] ?? property ?? {};
    expect($defs[$ref.replace('#/$defs/', '')]?.required).toEqual(expect.arrayContaining(fields.split(' ')));
  });

  it('asks nothing new of records that were written before: a field added later is not required', () => {
    for (const [type, fields] of Object.entries(PROMISED))
      expect([type, schemaOf(type).required.sort()]).toEqual([type, fields.split(' ').sort()]);
  });

  it('lets a field be added without breaking who reads, and refuses one that is not declared', () => {
    const refused = { tenant: null, station: null, remoteAddress: '10.0.0.1', reason: 'not-found', at: '2026-03-01T10:00:00.000Z' };
    const isValid = validator('voltbus.station.refused');
    expect(isValid({ ...refused, somethingNew: 1 })).toBe(true);
    expect(isValid({ ...refused, at: 'yesterday' })).toBe(false);
    expect(isValid({ ...refused, reason: undefined })).toBe(false);
    expect(JSON.stringify(schemaOf('voltbus.cdr.issued'))).not.toContain('additionalProperties');
    expect(schemaOf('voltbus.cdr.issued', 'declared')).toMatchObject({ additionalProperties: false });
  });
});

describe('the AsyncAPI document', () => {
  const files = publicContracts();
  const text = JSON.stringify(files.get('asyncapi.json'));

  it('lists every public topic under its name, with its retention, and every event once', () => {
    for (const { topic, events } of PUBLIC_TOPICS) {
      expect(files.get('asyncapi.json')).toMatchObject({
        channels: {
          [topic.name.replace('csms.', '')]: {
            address: topic.name,
            bindings: { kafka: { partitions: topic.partitions, topicConfiguration: { 'retention.ms': topic.retentionMs } } },
          },
        },
      });
      for (const { type } of events) expect(text.split(`"name":"${type}"`)).toHaveLength(2);
    }
  });

  it('refers to nothing that is not there', () => {
    for (const [, reference = ''] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
      if (reference.startsWith('#')) expect(reference.split('/').slice(1).reduce(step, files.get('asyncapi.json'))).toBeDefined();
      else expect(files.has(reference.replace('./', ''))).toBe(true);
    }
  });
});

function step(at: unknown, name: string): unknown {
  // each step of a JSON pointer goes into an object of the document
  return (at as Record<string, unknown> | undefined)?.[name];
}
