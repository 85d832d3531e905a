import fc from 'fast-check';
import { conflictWith, type KnownEvse, type Place } from './conflict';

const TYPES = ['cCCS2', 'sType2'] as const;
const place: fc.Arbitrary<Place> = fc.record({
  evse: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
  connectorType: fc.option(fc.constantFrom(...TYPES), { nil: null }),
});
const evses: fc.Arbitrary<KnownEvse[]> = fc.uniqueArray(
  fc.record({
    evse: fc.integer({ min: 1, max: 3 }),
    connectorTypes: fc.option(fc.subarray([...TYPES], { minLength: 1 }), { nil: null }),
  }),
  { selector: ({ evse }) => evse, minLength: 1 },
);

/** Tries every way to give each reservation an EVSE of its own: slow, and nothing to be wrong about. */
function everyWay(places: readonly Place[], free: readonly KnownEvse[]): boolean {
  const [first, ...rest] = places;
  if (first === undefined) return true;
  return free.some((one) => {
    const isAsked = first.evse === one.evse;
    const isAnyOfType =
      first.evse === null &&
      (first.connectorType === null || one.connectorTypes === null || one.connectorTypes.includes(first.connectorType));
    return (
      (isAsked || isAnyOfType) &&
      everyWay(
        rest,
        free.filter((other) => other !== one),
      )
    );
  });
}

function oracle(places: readonly Place[], known: readonly KnownEvse[]): boolean {
  const untold = new Set(places.flatMap(({ evse }) => (evse !== null && !known.some((one) => one.evse === evse) ? [evse] : [])));
  return everyWay(places, [...known, ...[...untold].map((evse) => ({ evse, connectorTypes: null }))]);
}

describe('reservations of one station', () => {
  it('H01.FR.20 are refused exactly where no distribution over its EVSEs seats them all', () => {
    fc.assert(
      fc.property(place, fc.array(place, { maxLength: 4 }), evses, (wanted, others, known) => {
        const held = others.filter((one, nth) => oracle(others.slice(0, nth + 1), known)); // only what could have been accepted before
        fc.pre(oracle(held, known));
        expect(conflictWith(wanted, held, known) === null).toBe(oracle([wanted, ...held], known));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a station that has told of no EVSE are refused for the same EVSE only', () => {
    const any = { evse: null, connectorType: null };
    const first = { evse: 1, connectorType: null };
    expect(conflictWith(first, [first], [])).toBe('evse-reserved');
    expect(conflictWith({ evse: 2, connectorType: null }, [first], [])).toBeNull();
    expect(conflictWith(any, [any, any, first], [])).toBeNull();
  });

  it('make room: one for any EVSE moves where another needs the one of its type', () => {
    const known = [
      { evse: 1, connectorTypes: ['cCCS2'] },
      { evse: 2, connectorTypes: ['sType2'] },
    ];
    const any = { evse: null, connectorType: null };
    const ccs = { evse: null, connectorType: 'cCCS2' };
    expect(conflictWith(ccs, [any], known)).toBeNull();
    expect(conflictWith(ccs, [any, ccs], known)).toBe('no-evse-left');
    expect(conflictWith(any, [any, ccs], known)).toBe('no-evse-left');
    expect(conflictWith({ evse: null, connectorType: 'cChaoJi' }, [], known)).toBe('no-evse-left');
  });
});
