import { Resources } from './resources';

const minute = (nth: number) => nth * 60_000;

describe('the resources of a soak', () => {
  it('are the memory, its slope in the second half, and the descriptors of each process', () => {
    const resources = new Resources();
    for (let nth = 0; nth < 12; nth++) {
      const warming = Math.min(nth, 5) * 50; // the first half warms up
      resources.add('cdr', { pid: 1, atMs: minute(nth), usage: { rssMb: 100 + warming + 2 * nth, descriptors: 40 + nth } });
      resources.add('flat', { pid: 2, atMs: minute(nth), usage: { rssMb: 80, descriptors: 30 } });
    }
    expect(resources.report()).toEqual([
      'cdr  372 MB, +120.0 MB an hour; descriptors 46 to 51',
      'flat  80 MB, +0.0 MB an hour; descriptors 30 to 30',
    ]);
  });

  it('begin anew where a process was started again', () => {
    const resources = new Resources();
    for (let nth = 0; nth < 6; nth++) resources.add('cdr', { pid: 1, atMs: minute(nth), usage: { rssMb: 900, descriptors: 99 } });
    resources.add('cdr', { pid: 7, atMs: minute(6), usage: { rssMb: 100, descriptors: 40 } });
    expect(resources.report()).toEqual(['cdr  100 MB, no slope; descriptors 40 to 40']);
  });
});
