import { passwordForms } from './password';

const DIGITS = '00112233445566778899aabbccddeeff';
const forms = (password: string) => passwordForms(password).map((form) => form.toString('hex'));
const text = (password: string) => Buffer.from(password).toString('hex');

it('A00.FR.205 knows a text only as its UTF-8 bytes', () => {
  expect(forms('Schlüssel mit Umlaut')).toEqual([text('Schlüssel mit Umlaut')]);
});

it('knows a 1.6 key of 16 to 20 bytes as its digits in either case and as its bytes', () => {
  expect(forms(DIGITS)).toEqual([text(DIGITS), text(DIGITS.toUpperCase()), DIGITS]);
});

it.each([`${DIGITS}0`, DIGITS.slice(2), `${DIGITS}0011223344`, `${DIGITS.slice(1)}g`])('takes %s for a text', (password) => {
  expect(forms(password)).toEqual([text(password)]);
});
