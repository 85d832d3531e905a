import { allowedEvses, type Place } from './places';

const here = { station: 'CS-1', group: 'Depot' };

describe('where a token may charge', () => {
  it.each<[string, Place[], readonly number[] | null]>([
    ['everywhere without a restriction', [], null],
    ['at a station', [{ station: 'CS-1' }], null],
    ['at another station', [{ station: 'CS-2' }], []],
    ['at the stations of a group, without regard to case', [{ group: 'DEPOT' }], null],
    ['at those of another group', [{ group: 'harbour' }], []],
    ['at EVSEs of a station', [{ station: 'CS-1', evses: [2, 1] }], [1, 2]],
    [
      'at EVSEs named by several places, each once',
      [
        { station: 'CS-1', evses: [2] },
        { group: 'depot', evses: [2, 3] },
      ],
      [2, 3],
    ],
    ['at all EVSEs where one place names none', [{ station: 'CS-1', evses: [2] }, { group: 'depot' }], null],
    ['at an EVSE of any station', [{ evses: [1] }], [1]],
    ['at a station as long as it is in the group', [{ station: 'CS-1', group: 'harbour' }], []],
  ])('C01.FR.19, 20, 22: %s', (_what, allowedAt, evses) => {
    expect(allowedEvses(allowedAt, here)).toEqual(evses);
  });

  it('a station without a group is in none', () => {
    expect(allowedEvses([{ group: 'depot' }], { station: 'CS-1', group: null })).toEqual([]);
  });
});
