import type { Measurement } from './measurement';
import { merged } from './recorded-run';

const of = (workload: string, units: number) => ({ workload, units }) as Measurement;

it('a workload that is measured again replaces its own record, in its place; a new one comes behind', () => {
  const recorded = [of('idle', 1), of('storm', 2), of('bare-echo', 3)];
  expect(merged(recorded, [of('storm', 20), of('sessions', 4)])).toEqual([
    of('idle', 1),
    of('storm', 20),
    of('bare-echo', 3),
    of('sessions', 4),
  ]);
  expect(merged([], recorded)).toEqual(recorded);
});
