import type { StationRequest } from '../../station-requests';
import { FILE_WAIT_MS, LATE_FILE_MS, REBOOT_MS } from '../limits';
import { rebooted, received, reported, takesFile, type LogBody } from './log-request';

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-06-01T12:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const BODY: LogBody = {
  ...{ from: null, to: null, uploadTo: null, retries: null, retryIntervalSeconds: null, runHours: 4 },
  ...{ fileName: null, uploadFault: null, rebootedAt: null },
};
const ACCEPTED: StationRequest = {
  ...{ tenant: 'default', station: 'CS-1', id: 'x', kind: 'log', requestId: 7, subject: 'SecurityLog', requestedBy: 'spec' },
  ...{ state: 'accepted', reason: null, progress: 0, statuses: [], command: null, tries: 1, body: { ...BODY } },
  ...{ createdAt: NOW, nextAt: null, sentAt: NOW, acceptedAt: NOW, doneAt: null, endedAt: null, bootAt: null },
  expiresAt: later(4 * HOUR_MS),
};
const elsewhere: StationRequest = { ...ACCEPTED, body: { ...BODY, uploadTo: { shown: 'ftp://h.example/', sealed: null } } };

/** `file`: it is here. */
const after = (events: readonly string[], request = ACCEPTED) =>
  events.reduce((one, event, nth) => {
    const at = later((nth + 1) * 1_000);
    return event === 'file' ? received(one, at) : reported(one, event, at);
  }, request);

/** Written from OCPP (N01, 1.6 section 4.4) and what users see, apart from the code. */
it.each<[string, 'ours' | 'operator', string, string | null]>([
  ['Uploading', 'ours', 'running', null],
  ['Uploading Uploaded', 'ours', 'verifying', null],
  ['Uploading file Uploaded', 'ours', 'succeeded', null],
  ['Uploading Uploaded file', 'ours', 'succeeded', null],
  ['file', 'ours', 'succeeded', null],
  ['file UploadFailure', 'ours', 'succeeded', null],
  ['Uploading Uploaded', 'operator', 'succeeded', null],
  ['Uploaded Uploading', 'operator', 'succeeded', null],
  ['Uploaded Uploading', 'ours', 'verifying', null],
  ['Uploaded UploadFailure', 'ours', 'verifying', null],
  ['Uploading UploadFailure', 'ours', 'failed', 'upload-failed'],
  ['Uploading UploadFailed', 'operator', 'failed', 'upload-failed'],
  ['UploadFailure Uploading Uploaded', 'operator', 'succeeded', null],
  ['UploadFailure UploadFailure file', 'ours', 'succeeded', null],
  ['BadMessage', 'ours', 'failed', 'bad-message'],
  ['NotSupportedOperation', 'ours', 'failed', 'operation-not-supported'],
  ['PermissionDenied', 'ours', 'failed', 'permission-denied'],
  ['Uploading AcceptedCanceled', 'ours', 'cancelled', 'superseded'],
  ['AcceptedCanceled Uploading Uploaded', 'operator', 'cancelled', 'superseded'],
  ['Uploaded AcceptedCanceled', 'operator', 'succeeded', null],
  ['Idle', 'ours', 'accepted', null],
  ['Vendor_Zipping', 'ours', 'accepted', null],
])('%s to an address of %s: %s, %s', (events, whose, state, reason) => {
  const end = after(events.split(' '), whose === 'ours' ? ACCEPTED : elsewhere);
  expect([end.state, end.reason]).toEqual([state, reason]);
});

it('notes every status, and one that came twice once', () => {
  const once = reported(ACCEPTED, 'Uploading', NOW);
  expect(reported(once, 'Uploading', NOW)).toBe(once);
  expect(after(['Uploading', 'Nonsense', 'Uploaded']).statuses.map(({ status }) => status)).toEqual(['Uploading', 'Nonsense', 'Uploaded']);
});

it('waits a little for the file once it is reported as uploaded, and never longer than before', () => {
  expect(reported(ACCEPTED, 'Uploaded', NOW).expiresAt).toEqual(later(FILE_WAIT_MS));
  expect(reported({ ...ACCEPTED, expiresAt: later(1) }, 'Uploaded', NOW).expiresAt).toEqual(later(1));
});

it('a failure is not taken back by a status after its time', () => {
  const failed = after(['UploadFailure']);
  expect(reported(failed, 'Uploading', later(5 * HOUR_MS)).state).toBe('failed');
});

describe('the address', () => {
  it.each<[string, StationRequest, boolean]>([
    ['receives for one that was sent', { ...ACCEPTED, acceptedAt: null, state: 'sent' }, true],
    ['not before it was sent', { ...ACCEPTED, sentAt: null, state: 'waiting' }, false],
    ['still while the station says that it is done', after(['Uploaded']), true],
    ['still after a failure', { ...ACCEPTED, state: 'failed', endedAt: later(10 - LATE_FILE_MS) }, true],
    ['not long after a failure', { ...ACCEPTED, state: 'failed', endedAt: later(-LATE_FILE_MS) }, false],
    ['not a second time', after(['file']), false],
    ['not when it was cancelled', after(['AcceptedCanceled']), false],
    ['not when an operator receives it', elsewhere, false],
  ])('%s', (_title, request, expected) => expect(takesFile(request, NOW)).toBe(expected));
});

describe('a station that boots while it is at it', () => {
  const booted = rebooted(reported(ACCEPTED, 'Uploading', NOW), later(60_000));

  it('has a quarter of an hour to go on', () => {
    expect(booted).toMatchObject({
      state: 'running',
      expiresAt: later(60_000 + REBOOT_MS),
      body: { rebootedAt: later(60_000).toISOString() },
    });
  });

  it('has its time again where it goes on', () => {
    expect(reported(booted, 'Uploading', later(120_000)).expiresAt).toEqual(ACCEPTED.expiresAt);
  });

  it('did not boot while it was at it where it booted before it accepted, or after it ended', () => {
    expect(rebooted(ACCEPTED, later(-1))).toMatchObject({ expiresAt: ACCEPTED.expiresAt, body: { rebootedAt: null }, bootAt: later(-1) });
    expect(rebooted(after(['file']), later(60_000))).toMatchObject({ state: 'succeeded', body: { rebootedAt: null } });
  });
});
