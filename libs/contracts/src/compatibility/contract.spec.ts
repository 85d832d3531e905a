import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_EXAMPLES } from '../examples/event-examples';
import type { Schema } from './accepts';
import { breaks, presentContract, type PublicContract } from './contract';

/** `npm run docs:asyncapi -- --release` writes it. Do so when a version is released, and never to silence this spec. */
const released = JSON.parse(readFileSync(join(__dirname, '../../released.json'), 'utf8')) as PublicContract;

/** A validator by a whole schema: the oracle, which knows nothing of how schemas are compared. */
function validatorOf(schema: Schema) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats(ajv);
  return ajv.compile(schema);
}

const cdrOf = (contract: PublicContract, view: 'promised' | 'declared'): Required<Pick<Schema, 'properties' | 'required'>> & Schema =>
  contract[view]['cdr'] as never; // an object's schema

type Member = Record<string, unknown>;

/** A copy of the released contract, with the CDR's schemas changed in both views. */
function changed(
  change: (cdr: { properties: Record<string, Member>; required: string[]; $defs: Record<string, Member> }) => void,
): PublicContract {
  const copy = structuredClone(released);
  for (const view of ['promised', 'declared'] as const) change(copy[view]['cdr'] as never); // an object's schema, which this spec may write
  return copy;
}

const cdr = EVENT_EXAMPLES.find(({ headers }) => headers.ce_type === 'voltbus.cdr.issued')?.value as Record<string, unknown>;

describe('the public contract', () => {
  it('breaks nothing that the last release promised', () => {
    expect(breaks(released, presentContract())).toEqual([]);
  });

  it('lets the readers of the last release read what is published now, and the present readers what was published then', () => {
    const present = presentContract();
    expect(EVENT_EXAMPLES.length).toBeGreaterThan(0);
    for (const { headers, value } of EVENT_EXAMPLES)
      for (const contract of [released, present]) {
        const name = headers['ce_dataschema']?.split(':')[3] ?? '';
        const isValid = validatorOf(contract.promised[name] ?? {});
        expect([name, isValid(value), isValid.errors]).toEqual([name, true, null]);
      }
  });

  // each with a value that is written by one side and refused by the other, where there is one
  it.each<[string, Parameters<typeof changed>[0], unknown]>([
    [
      'a member that is gone',
      ({ properties, required }) => void (delete properties['station'], required.splice(required.indexOf('station'), 1)),
      undefined,
    ],
    ['an optional member that is gone', ({ properties }) => void delete properties['tariffFrom'], undefined],
    ['a member that may be left out now', ({ required }) => void required.splice(required.indexOf('energyWh'), 1), undefined],
    [
      'a new member that is demanded of old records',
      ({ properties, required }) => void ((properties['bookedAt'] = { type: 'string' }), required.push('bookedAt')),
      cdr,
    ],
    ['another type', ({ properties }) => void (properties['energyWh'] = { type: 'string' }), cdr],
    ['a narrower type', ({ properties }) => void (properties['chargingSeconds'] = { type: 'integer' }), { ...cdr, chargingSeconds: 1.5 }],
    ['a wider type', ({ properties }) => void (properties['energyWh'] = { type: 'number' }), undefined],
    ['null where there was none', ({ properties }) => void (properties['station'] = { type: ['string', 'null'] }), undefined],
    ['null no more', ({ properties }) => void (properties['evse'] = { type: 'integer' }), { ...cdr, evse: null }],
    [
      'a value of an enum that is gone',
      ({ properties }) => void (properties['kind'] = { type: 'string', enum: ['charge'] }),
      { ...cdr, kind: 'credit' },
    ],
    [
      'a value that was added to an enum',
      ({ properties }) => void (properties['kind'] = { type: 'string', enum: ['charge', 'credit', 'note'] }),
      undefined,
    ],
    ['a list of values where any was allowed', ({ properties }) => void (properties['station'] = { type: 'string', enum: ['A'] }), cdr],
    [
      'a bound that was not there',
      ({ properties }) => void (properties['station'] = { type: 'string', maxLength: 3 }),
      { ...cdr, station: 'CS-99' },
    ],
    [
      'a pattern that was not there',
      ({ properties }) => void (properties['station'] = { type: 'string', pattern: '^CS' }),
      { ...cdr, station: 'X' },
    ],
    [
      'a member of a part that is gone',
      ({ $defs }) => void delete ($defs['CdrCost']?.['properties'] as Member)['tax'.concat('Percent')],
      undefined,
    ],
    [
      'items of another type',
      ({ properties }) => void (properties['flags'] = { type: 'array', items: { type: 'integer' } }),
      { ...cdr, flags: ['clock'] },
    ],
    [
      'a keyword that cannot be compared',
      ({ properties }) => void (properties['station'] = { type: 'string', not: { const: 'A' } }),
      { ...cdr, station: 'A' },
    ],
  ])('is broken by %s', (_what, change, witness) => {
    const later = changed(change);
    expect(breaks(released, later)).not.toEqual([]);
    if (witness === undefined) return;
    const [before, after] = [validatorOf(cdrOf(released, 'promised')), validatorOf(cdrOf(later, 'promised'))];
    expect([before(witness), after(witness)]).toEqual([true, false]);
  });

  it.each<[string, Parameters<typeof changed>[0]]>([
    ['nothing', () => undefined],
    ['a member that may be left out', ({ properties }) => void (properties['bookedAt'] = { type: 'string', format: 'date-time' })],
    ['a member of a part', ({ $defs }) => void (($defs['CdrCost']?.['properties'] as Member)['rounding'] = { type: 'string' })],
    [
      'other words',
      ({ properties }) => void (properties['station'] = { type: 'string', title: 'Station', description: 'as it calls itself' }),
    ],
  ])('may add %s', (_what, change) => {
    expect(breaks(released, changed(change))).toEqual([]);
  });

  it.each<[string, (contract: PublicContract) => PublicContract]>([
    ['a topic that is gone', ({ topics, ...rest }) => ({ ...rest, topics: topics.slice(1) })],
    ['another number of partitions', ({ topics, ...rest }) => ({ ...rest, topics: topics.map((topic) => ({ ...topic, partitions: 96 })) })],
    ['an event that is gone', ({ topics, ...rest }) => ({ ...rest, topics: topics.map((topic) => ({ ...topic, events: {} })) })],
    ['a schema that is gone', (contract) => ({ ...contract, promised: {}, declared: {} })],
  ])('is broken by %s', (_what, change) => {
    expect(breaks(released, change(released))).not.toEqual([]);
  });
});
