import { text } from '@voltbus/contracts';
import { z } from 'zod';
import { portableSchema } from './portable-schema';
import { schemaOf } from './schema-of';

const protocol = z.enum(['ocpp1.6', 'ocpp2.0.1']).meta({ id: 'Protocol' });

describe('a schema that generators understand', () => {
  it.each<[string, z.ZodType, object]>([
    ['null beside a type', z.string().nullable(), { type: ['string', 'null'] }],
    ['a time by its format', z.iso.datetime().nullable(), { type: ['string', 'null'], format: 'date-time' }],
    ['a choice that may be null', protocol.nullable(), { anyOf: [{ $ref: '#/$defs/Protocol' }, { type: 'null' }] }],
    ['literals as one choice', z.union([z.literal(0), z.literal(3)]), { type: 'integer', enum: [0, 3] }],
    ['a literal as a choice of one', z.literal('a'), { type: 'string', enum: ['a'] }],
    ['a small integer', z.int().min(1).max(200), { type: 'integer', format: 'int32', minimum: 1, maximum: 200 }],
    ['a positive integer', z.int().positive(), { type: 'integer', format: 'int64', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }],
    ['an object of anything', z.record(z.string(), z.unknown()), { type: 'object', additionalProperties: true }],
    ['text without control characters', text.max(9), { type: 'string', maxLength: 9, pattern: '^[^\\x00-\\x1f\\x7f-\\x9f]*$' }],
    ['a pattern of ASCII', z.string().regex(/^[\w.]\d\w$/), { type: 'string', pattern: '^[A-Za-z0-9_.][0-9][A-Za-z0-9_]$' }],
  ])('has %s', (_what, schema, expected) => {
    const { $defs: _defs, ...described } = schemaOf(schema, 'request');
    expect(described).toEqual(expected);
  });

  it('keeps examples and defaults as they are, whatever they look like', () => {
    const schema = { type: 'object', examples: [{ anyOf: [{ const: 1 }], pattern: '\\d' }], default: { propertyNames: {} } };
    expect(portableSchema(schema)).toEqual(schema);
  });

  it.each(['', 'Caf\u00e9 \u{1f50c}', 'a\u0000', '\u0085', 'tab\t'])('has the rule of text in a form that means the same: %j', (value) => {
    const { pattern = '' } = schemaOf(text, 'request') as { pattern?: string };
    expect(new RegExp(pattern).test(value)).toBe(text.safeParse(value).success);
  });
});

describe('the openness of a schema', () => {
  const thing = z.strictObject({ inside: z.strictObject({ a: z.string() }) });

  it('is closed for what is sent, at every level', () => {
    const closed = { additionalProperties: false };
    expect(schemaOf(thing, 'request')).toMatchObject({ ...closed, properties: { inside: closed } });
  });

  it('is open for what is answered, at every level', () => {
    const open = { additionalProperties: true };
    expect(schemaOf(thing, 'answer')).toMatchObject({ ...open, properties: { inside: open } });
  });
});
