import { rangeOf } from './range';

describe('a Range of a file of 10 bytes', () => {
  it.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-9', { first: 0, last: 9 }],
    ['bytes=4-', { first: 4, last: 9 }],
    ['bytes=9-', { first: 9, last: 9 }],
    ['bytes=3-999999', { first: 3, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-999', { first: 0, last: 9 }],
    ['BYTES=1-2', { first: 1, last: 2 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-20', 'unsatisfiable'],
    ['bytes=999999999999999-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['bytes=0-,0-,0-', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=', 'whole'],
    ['bytes= 1-2', 'whole'],
    ['bytes=1-2\r\n', 'whole'],
    ['bytes=-1-2', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=0x1-2', 'whole'],
    ['bytes=99999999999999999999999-', 'whole'],
    ['lines=1-2', 'whole'],
    [undefined, 'whole'],
  ])('%j is %j', (header, expected) => expect(rangeOf(header, 10)).toEqual(expected));
});
