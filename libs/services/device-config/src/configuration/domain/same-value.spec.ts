import { isSameValue } from './same-value';

it.each([
  ['true', ' TRUE ', null, true],
  ['true', '1', null, true],
  ['0', 'False', 'boolean', true],
  ['true', '0', 'boolean', false],
  ['true', '1', 'string', false],
  ['1', '0', null, false],
  ['60', '60.0', null, true],
  ['60', '60.5', null, false],
  ['7', '007', null, false],
  ['1.1', '1.10', null, false],
  ['1.1', '1.10', 'decimal', true],
  ['7', '007', 'integer', true],
  ['7', '7.0', 'string', false],
  ['123456789123', '123456789124', 'integer', false],
  ['', '0', 'integer', false],
  ['A, B', 'A,B', null, true],
  ['A,B', 'B,A', 'MemberList', true],
  ['A,B', 'B,A', 'SequenceList', false],
  ['A,B', 'B,A', null, false],
  ['A,B', 'A,B,B', 'MemberList', false],
])('%j and %j of type %s are the same value: %s', (one, other, dataType, expected) => {
  expect(isSameValue(one, other, { variable: 'V', dataType })).toBe(expected);
  expect(isSameValue(other, one, { variable: 'V', dataType })).toBe(expected);
});

it('takes the measurands of a station of 1.6 in any order', () => {
  expect(isSameValue('Voltage,Power.Offered', 'Power.Offered, Voltage', { variable: 'TxUpdatedMeasurands', dataType: null })).toBe(true);
});
