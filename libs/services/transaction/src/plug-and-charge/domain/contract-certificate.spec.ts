import { isSameContract } from './contract-certificate';

it.each([
  ['DE-8AA-C1234567-X', 'de8aac1234567x', true],
  ['DE8AAC1234567X', 'DE*8AA*C1234567', false],
  ['DE8AAC1234567X', 'DE8AAC1234568X', false],
])('takes %s and the certificate of %s for the same contract: %s', (emaid, name, same) => {
  expect(isSameContract(emaid, name)).toBe(same);
});
