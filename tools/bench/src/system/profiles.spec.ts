import { countsTable } from './profiles';

it('counts of a profile are those of one unit, statements and requests to Kafka apart', () => {
  const table = countsTable([['transaction', { 'sql COMMIT': 30, 'sql lock': 5, 'kafka Fetch': 10 }]], 10);
  expect(table.split('\n')).toEqual([
    '10 units; for each of them',
    '',
    'transaction: 3.500 statements, 1.000 requests to Kafka',
    '    3.000  sql COMMIT',
    '    0.500  sql lock',
    '    1.000  kafka Fetch',
    '',
  ]);
});
