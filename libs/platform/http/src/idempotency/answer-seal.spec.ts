import { AnswerSeal } from './answer-seal';

const use = { tenant: 'a', caller: 'administrator', key: 'digest', fingerprint: 'digest' };
const answer = { status: 201, headers: {}, body: { key: 'secret' } };

it('opens an answer only with the key and the pepper that it was closed with, and for the same caller', () => {
  const sealed = new AnswerSeal('pepper').close(answer, 'key', use);
  expect(new AnswerSeal('pepper').open(sealed, 'key', use)).toEqual(answer);
  expect(new AnswerSeal('pepper').open(sealed, 'other', use)).toBeNull();
  expect(new AnswerSeal('other').open(sealed, 'key', use)).toBeNull();
  expect(new AnswerSeal('pepper').open(sealed, 'key', { ...use, tenant: 'b' })).toBeNull();
  expect(new AnswerSeal('pepper').open(sealed, 'key', { ...use, caller: 'c' })).toBeNull();
});
