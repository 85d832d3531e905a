import { PROBLEMS } from '@voltbus/contracts';
import { shipped } from './sources';

const LIST = 'libs/contracts/src/problems.ts';
const users = shipped().filter(({ path }) => path !== LIST);

describe('the problems of the API', () => {
  it('that are thrown are all in the list', () => {
    const thrown = users.flatMap(({ text }) => [...text.matchAll(/new CsmsError\(\s*'([^']+)'/g)].map(([, code]) => code ?? ''));
    expect(thrown.length).toBeGreaterThan(50);
    expect(thrown.filter((code) => !Object.hasOwn(PROBLEMS, code))).toEqual([]);
  });

  it('that are in the list are all answered somewhere', () => {
    const unused = Object.keys(PROBLEMS).filter((code) => !users.some(({ text }) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });
});
