import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { publicSchema } from './public-schemas';
import { PUBLIC_TOPICS } from './public-topics';

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

describe('what other teams were promised', () => {
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
