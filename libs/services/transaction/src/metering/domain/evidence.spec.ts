import fc from 'fast-check';
import { MAX_EVIDENCE_BYTES, MAX_SIGNED, MAX_SIGNED_BYTES, evidenceOf } from './evidence';

const reading = (context: string, ...values: unknown[]) => ({
  context,
  signed: Object.fromEntries(values.map((value, n) => [`m${n}`, value])),
});
const set = (value: string) => ({ value });

describe('the evidence that goes with a bill', () => {
  it('is what was signed at the beginning and the end, verbatim', () => {
    const rows = [
      reading('Sample.Periodic', set('periodic')),
      reading('Transaction.Begin', set('begin'), { signedMeterData: 'T0NNRg==' }),
      reading('Transaction.End', set('end')),
    ];
    expect(evidenceOf(rows)).toEqual({ signedData: ['T0NNRg==', 'begin', 'end'], cut: false });
    expect(evidenceOf(['1', '2', '3'].map((text) => reading('Sample.Periodic', set(text))))).toEqual({
      signedData: ['1', '3'],
      cut: false,
    });
    expect(evidenceOf([])).toEqual({ signedData: [], cut: false });
  });

  it('leaves out a set that is too large, whole, and flags it', () => {
    const fits = 'x'.repeat(MAX_SIGNED_BYTES - 2); // the quotes
    const rows = (begin: string) => [reading('Transaction.Begin', set(begin)), reading('Transaction.End', set('end'))];
    expect(evidenceOf(rows(fits))).toEqual({ signedData: [fits, 'end'], cut: false });
    expect(evidenceOf(rows(`${fits}x`))).toEqual({ signedData: ['end'], cut: true });
    expect(evidenceOf([reading('Transaction.Begin', null), reading('Transaction.End', set('end'))])).toEqual({
      signedData: ['end'],
      cut: true,
    });
  });

  it('keeps those of the end though a hundred are marked as of the beginning', () => {
    const rows = [
      ...Array.from({ length: 100 }, (_, n) => reading('Transaction.Begin', set(`${n}`))),
      reading('Transaction.End', set('end')),
    ];
    const { signedData, cut } = evidenceOf(rows);
    expect(signedData).toHaveLength(MAX_SIGNED);
    expect([signedData[0], signedData.at(-1), cut]).toEqual(['0', 'end', true]);
  });

  it('never exceeds its bounds as JSON, whatever characters a station signs with, and flags that something is missing', () => {
    const text = fc
      .tuple(fc.constantFrom('a', 'é', '\u{1f50c}', '\u0001', '\ud800', '"'), fc.integer({ min: 0, max: 70_000 }))
      .map(([character, length]) => character.repeat(length));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 14 }), (texts) => {
        const { signedData, cut } = evidenceOf(texts.map((one) => reading('Transaction.End', set(one))));
        expect(Buffer.byteLength(JSON.stringify(signedData))).toBeLessThanOrEqual(MAX_EVIDENCE_BYTES + 2 + MAX_SIGNED);
        expect(signedData.length).toBeLessThanOrEqual(MAX_SIGNED);
        expect(cut).toBe(signedData.length < texts.length);
      }),
      { numRuns: 50 },
    );
  });
});
