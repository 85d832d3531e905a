'use strict';
// The order of the tests of the built system: those that take minutes first, so that none of them runs alone at the end. Jest itself knows how long
// they take only where they have run before.

/** Parts of their paths, the longest first. */
const LONGEST = [
  'e2e/certification',
  'e2e/soak',
  'e2e/image',
  'e2e/faults',
  'e2e/end',
  'e2e/ownership',
  'e2e/simulator-page',
  'e2e/plug-to-cdr',
];

const placeOf = ({ path }) => {
  const place = LONGEST.findIndex((part) => path.includes(part));
  return place < 0 ? LONGEST.length : place;
};

/** What Jest asks of a sequencer. */
class LongestFirst {
  sort(tests) {
    return [...tests].sort((one, other) => placeOf(one) - placeOf(other) || (one.path < other.path ? -1 : 1));
  }

  shard(tests, { shardIndex, shardCount }) {
    return this.sort(tests).filter((_, index) => index % shardCount === shardIndex - 1);
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

module.exports = LongestFirst;
