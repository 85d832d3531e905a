import fc from 'fast-check';
import type { StationRequest } from '../../station-requests';
import { bodyOf, reported } from './publication';

const START = Date.UTC(2026, 5, 1, 12);
const at = (second: number) => new Date(START + second * 1_000);
const EXPIRES = 1_000;
const LOCATIONS = ['http://10.0.0.2/two.bin', 'ftp://10.0.0.2/two.bin'];

const sent: StationRequest = {
  ...{ tenant: 'default', station: 'LC', id: 'p', kind: 'publication', requestId: 7, subject: 'two', requestedBy: 'spec' },
  body: { image: {}, checksum: 'a'.repeat(32), runHours: 1, retries: null, retryIntervalSeconds: null, locations: [] },
  ...{ state: 'accepted', reason: null, progress: 0, statuses: [], command: 'c', tries: 1, nextAt: null, doneAt: null, endedAt: null },
  ...{ createdAt: at(0), sentAt: at(0), acceptedAt: at(0), expiresAt: at(EXPIRES), bootAt: null },
};

/** A status each second; `Published` brings the addresses. */
function after(statuses: readonly string[], request = sent, from = 1): StationRequest {
  return statuses.reduce(
    (one, status, nth) => reported(one, status, { at: at(from + nth), locations: status === 'Published' ? LOCATIONS : [] }),
    request,
  );
}
const outcome = ({ state, reason }: StationRequest) => [state, reason];

describe('L03.FR.01: the statuses of a publication', () => {
  it.each([
    [
      ['DownloadScheduled', 'Downloading', 'DownloadPaused', 'Downloading', 'Downloaded', 'ChecksumVerified', 'Published'],
      'succeeded',
      null,
    ],
    [['Published'], 'succeeded', null],
    [['Downloading', 'DownloadFailed'], 'failed', 'download-failed'],
    [['Downloading', 'DownloadFailed', 'Downloading'], 'running', null],
    [['Downloaded', 'InvalidChecksum'], 'failed', 'invalid-checksum'],
    [['Downloaded', 'ChecksumVerified', 'PublishFailed'], 'failed', 'publish-failed'],
    [['Downloaded', 'ChecksumVerified', 'PublishFailed', 'Published'], 'succeeded', null],
    [['Published', 'Downloading', 'DownloadFailed', 'PublishFailed'], 'succeeded', null],
    [['Downloaded', 'Downloading'], 'running', null],
    [['Levitating', 'Idle'], 'accepted', null],
  ])('%j', (statuses, state, reason) => {
    const found = after(statuses);
    expect(outcome(found)).toEqual([state, reason]);
    expect(found.statuses.map(({ status }) => status)).toEqual(statuses);
    expect(found.endedAt === null).toBe(state === 'running' || state === 'accepted');
  });

  it('change nothing of one that was refused, cancelled, or that failed before it was sent', () => {
    for (const reason of ['rejected', 'operator', 'expired', 'not-supported'])
      for (const state of ['failed', 'cancelled'] as const)
        expect(outcome(after(['Downloading', 'Published'], { ...sent, state, reason, endedAt: at(1) }))).toEqual([state, reason]);
  });

  it('show a late end of one that took too long, and no late beginning', () => {
    const late: StationRequest = { ...sent, state: 'failed', reason: 'timed-out', endedAt: at(EXPIRES) };
    expect(outcome(after(['Downloading', 'Downloaded'], late, EXPIRES + 1))).toEqual(['failed', 'timed-out']);
    expect(outcome(after(['Published'], late, EXPIRES + 1))).toEqual(['succeeded', null]);
  });

  it('in any order, as often as they come: it is published where one says so, and says nothing else of it', () => {
    const known = ['DownloadScheduled', 'Downloading', 'DownloadPaused', 'Downloaded', 'ChecksumVerified'];
    const failures = ['DownloadFailed', 'InvalidChecksum', 'PublishFailed'];
    const any = fc.array(fc.constantFrom(...known, ...failures, 'Published', 'Idle', '\ud800'), { maxLength: 30 });
    fc.assert(
      fc.property(any, (statuses) => {
        const found = after(statuses);
        const says = (names: readonly string[]) => statuses.some((status) => names.includes(status));
        if (says(['Published'])) expect(outcome(found)).toEqual(['succeeded', null]);
        else if (!says(failures)) expect(outcome(found)).toEqual([says(known) ? 'running' : 'accepted', null]);
        else expect(['failed', 'running']).toContain(found.state);
        expect(bodyOf(found).locations).toEqual(says(['Published']) ? LOCATIONS : []);
      }),
    );
  });
});

it('L03.FR.04: says somewhere else later, and nothing where it brings no addresses', () => {
  const published = after(['Published']);
  const later = (locations: readonly string[]) => bodyOf(reported(published, 'Published', { at: at(9), locations })).locations;
  expect([later(['http://elsewhere']), later([])]).toEqual([['http://elsewhere'], LOCATIONS]);
});
