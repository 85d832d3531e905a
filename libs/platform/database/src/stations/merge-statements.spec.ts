import { mergeStatements } from './merge-statements';

const several = [['a'], ['b']];

describe('a statement that says how it is merged', () => {
  it.each([
    ['an update that returns rows', `UPDATE notes SET body = $1 WHERE station = $1 RETURNING nth`],
    ['an insert that returns rows', `INSERT INTO notes (station) VALUES ($1) ON CONFLICT DO NOTHING RETURNING nth`],
    ['an insert of what it selects', `INSERT INTO notes (station) SELECT $1`],
    ['a removal', `DELETE FROM notes WHERE station = $1`],
  ])('is refused where it cannot be: %s', (name, text) => {
    expect(() => mergeStatements({ name, merge: ['text'], text }, several)).toThrow(text);
  });
});
