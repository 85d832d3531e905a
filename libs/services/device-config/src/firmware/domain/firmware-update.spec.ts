import fc from 'fast-check';
import type { StationRequest } from '../../station-requests';
import { MAX_STATUSES } from '../../station-requests/limits';
import { givesFile, reported, shownByBoot } from './firmware-update';

const START = Date.UTC(2026, 5, 1, 12);
const at = (second: number) => new Date(START + second * 1_000);
const IMAGE = {
  ...{ image: 'two', description: null, url: 'https://files.example/two.bin', sealedUrl: null, vendor: null, model: null },
  ...{ sha256: null, signature: null, signingCertificate: null, firmwareVersion: '2.0' as string | null },
};
const BODY = {
  retrieveAt: null,
  installAt: null,
  retries: null,
  retryIntervalSeconds: null,
  runHours: 24,
  versionBefore: '1.0' as string | null,
};
/** Before the update was sent. */
const BOOTED = { firmware: '1.0', bootedAt: at(-60) };

function update(body: object = {}, image: object = {}): StationRequest {
  return {
    ...{ tenant: 'default', station: 'CS-1', id: 'u', kind: 'firmware', requestId: 7, subject: 'two', requestedBy: 'spec' },
    body: { ...BODY, ...body, image: { ...IMAGE, ...image } },
    ...{ state: 'accepted', reason: null, progress: 0, statuses: [], command: 'c', tries: 1 },
    ...{
      createdAt: at(0),
      nextAt: null,
      sentAt: at(0),
      acceptedAt: at(0),
      doneAt: null,
      endedAt: null,
      expiresAt: at(86_400),
      bootAt: null,
    },
  };
}

/** Statuses in seconds, and boots as `boot:<version>`. */
function after(events: readonly string[], request = update()): StationRequest {
  let [now, station] = [request, BOOTED];
  events.forEach((event, nth) => {
    const time = at(nth + 1);
    if (!event.startsWith('boot:')) now = reported(now, event, { at: time, station });
    else {
      station = { firmware: event.slice(5), bootedAt: time };
      now = shownByBoot(now, station, time);
    }
  });
  return now;
}
const outcome = ({ state, reason }: StationRequest) => [state, reason];

describe('an update whose image names its version', () => {
  it.each([
    [['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'InstallRebooting', 'boot:2.0', 'Installed'], 'succeeded', null],
    [['Downloading', 'Downloaded', 'Installing', 'Installed', 'boot:2.0'], 'succeeded', null],
    [['boot:2.0'], 'succeeded', null],
    [['Downloading', 'DownloadFailed'], 'failed', 'download-failed'],
    [['Downloading', 'Downloaded', 'InvalidSignature'], 'failed', 'invalid-signature'],
    [['Installing', 'InstallVerificationFailed'], 'failed', 'install-verification-failed'],
    [['Installing', 'InstallationFailed'], 'failed', 'installation-failed'],
    [['DownloadScheduled'], 'running', null],
    [['Installing', 'Installed'], 'verifying', null],
    [['Installing', 'Installed', 'boot:1.0'], 'failed', 'wrong-version'],
    [['Installing', 'Installed', 'boot:1.0', 'boot:2.0'], 'succeeded', null],
    [['Installed', 'boot:1.0', 'Installed'], 'failed', 'wrong-version'],
    [['Installing', 'boot:1.0'], 'running', null],
    [['Installing', 'boot:1.0', 'Installed'], 'verifying', null],
    [['DownloadFailed', 'Downloading'], 'running', null],
    [['DownloadFailed', 'boot:2.0'], 'succeeded', null],
    [['InstallationFailed', 'Downloading'], 'failed', 'installation-failed'],
    [['InstallationFailed', 'DownloadFailed'], 'failed', 'installation-failed'],
    [['InvalidSignature', 'SignatureVerified'], 'failed', 'invalid-signature'],
    [['Installing', 'Downloading', 'DownloadFailed'], 'running', null],
    [['Installing', 'Installed', 'Downloading'], 'verifying', null],
    [['Idle', 'Nonsense', 'toString'], 'accepted', null],
    [['boot:2.0', 'DownloadFailed', 'InstallationFailed', 'boot:1.0'], 'succeeded', null],
    [['Installed', 'boot: 2.0 '], 'succeeded', null],
  ] as [string[], string, string | null][])('after %j is %s, %j', (events, state, reason) => {
    expect(outcome(after(events))).toEqual([state, reason]);
  });

  it('that the station ran already is shown by its report and a boot, not by a boot alone', () => {
    const again = update({ versionBefore: '2.0' });
    expect(outcome(after(['Downloading', 'boot:2.0'], again))).toEqual(['running', null]);
    expect(outcome(after(['Downloading', 'boot:2.0', 'Installed'], again))).toEqual(['succeeded', null]);
  });

  it('that another took the place of is not changed any more', () => {
    const superseded: StationRequest = { ...update(), state: 'cancelled', reason: 'superseded', endedAt: at(0) };
    const now = after(['Installing', 'Installed', 'boot:2.0'], superseded);
    expect(outcome(now)).toEqual(['cancelled', 'superseded']);
    expect(now.statuses.map(({ status }) => status)).toEqual(['Installing', 'Installed']);
  });

  it('that took too long goes on only with its end', () => {
    const late: StationRequest = { ...update(), state: 'failed', reason: 'timed-out', endedAt: at(0), expiresAt: at(0) };
    expect(outcome(after(['Downloading', 'InstallRebooting'], late))).toEqual(['failed', 'timed-out']);
    expect(outcome(after(['Installed'], late))).toEqual(['verifying', null]);
    expect(outcome(after(['boot:2.0'], late))).toEqual(['succeeded', null]);
  });
});

describe('an update whose image names no version', () => {
  it.each([
    [['Downloading', 'Installed'], 'succeeded', null],
    [['Installed', 'InstallationFailed'], 'succeeded', null],
    [['boot:2.0', 'boot:3.0'], 'accepted', null],
  ] as [string[], string, string | null][])('after %j is %s, %j', (events, state, reason) => {
    expect(outcome(after(events, update({}, { firmwareVersion: null })))).toEqual([state, reason]);
  });
});

/** A million statuses of a station that has gone mad. */
it('keeps so many statuses of an update, those in a row as one', () => {
  let now = update();
  for (let nth = 0; nth < 1_000; nth++) now = reported(now, 'Downloading', { at: at(nth), station: BOOTED });
  expect(now.statuses).toEqual([{ status: 'Downloading', at: at(0).toISOString(), lastAt: at(999).toISOString(), times: 1_000 }]);
  for (let nth = 0; nth < 10 * MAX_STATUSES; nth++)
    now = reported(now, nth % 2 === 0 ? 'DownloadFailed' : 'Downloading', { at: at(2_000 + nth), station: BOOTED });
  expect(now.statuses).toHaveLength(MAX_STATUSES);
  expect(now.statuses.at(-1)).toMatchObject({ status: 'Downloading', times: 1 });
});

const EVENTS = [
  'Idle',
  'DownloadScheduled',
  'Downloading',
  'Downloaded',
  'DownloadFailed',
  'InvalidSignature',
  'Installing',
  'InstallationFailed',
  'Installed',
  'boot:1.0',
  'boot:2.0',
];
const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 });

/** Rules in plain words, whatever a station does. */
describe('whatever a station reports', () => {
  it('a boot with the version ends it well, and nothing takes that back', () =>
    fc.assert(
      fc.property(events, events, (before, then) => {
        expect(outcome(after([...before, 'boot:2.0', ...then]))).toEqual(['succeeded', null]);
      }),
    ));

  it('it has not succeeded while the station boots with what it had', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS.slice(0, -1)), { maxLength: 12 }), (given) => {
        const now = after(given);
        expect(now.state).not.toBe('succeeded');
        expect(now.endedAt === null).toBe(now.reason === null);
        if (given.at(-1) === 'boot:1.0' && given.at(-2) === 'Installed') expect(now.state).not.toBe('verifying');
      }),
    ));

  it('a message that comes twice changes nothing the second time', () =>
    fc.assert(
      fc.property(events, (given) => {
        const statuses = given.filter((one) => !one.startsWith('boot:'));
        const once = after(statuses);
        const twice = statuses.reduce((now, status, nth) => reported(now, status, { at: at(nth + 1), station: BOOTED }), once);
        expect(twice).toEqual(once);
      }),
    ));
});

describe('whether the address of an update gives its file', () => {
  const WAITING = { ...update(), state: 'waiting', sentAt: null } as const;
  it.each<[string, StationRequest, number, boolean]>([
    ['not before it was sent', WAITING, 1, false],
    ['once it was sent', { ...update(), state: 'sent', acceptedAt: null }, 1, true],
    ['while the station downloads', after(['Downloading']), 1, true],
    ['while the station installs, and may begin again', after(['Downloaded', 'Installing']), 1, true],
    ['after a download that failed', after(['Downloading', 'DownloadFailed']), 1, true],
    ['not after its time', after(['Downloading']), 86_400, false],
    ['not after a failure and its time', after(['DownloadFailed']), 86_400, false],
    ['not where the station refused it', { ...update(), state: 'failed', reason: 'rejected', endedAt: at(1) }, 2, false],
    ['not where another one took its place', { ...update(), state: 'cancelled', reason: 'superseded', endedAt: at(1) }, 2, false],
    ['not where it has succeeded', { ...update(), state: 'succeeded', endedAt: at(1) }, 2, false],
  ])('%s', (_title, request, second, expected) => expect(givesFile(request, at(second))).toBe(expected));
});
