import { randomUUID } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { Upload, UploadReceiver, UploadedFile } from '@voltbus/http';
import { FileTooLarge, FilesUnavailable, fileNameOf, removeFile, wasInterrupted, type FileStore, type TokenAddress } from '../files';
import type { StationRequest, StationRequests, TypeormStationRequests } from '../station-requests';
import { bodyOf, received, takesFile, uploadFailed, type UploadFault } from './domain/log-request';
import { REMOVAL_BATCH } from './limits';
import type { TypeormLogFiles } from './store/typeorm-log-files';
import type { UploadTelemetry } from './upload-telemetry';

interface UploadLimits {
  maxBytes: number;
  /** What one upload may take. */
  withinMs: number;
  /** Uploads at the same time. */
  atOnce: number;
  tenantBytes: number;
}

interface UploadsParts {
  store: Pick<TypeormStationRequests, 'findById'>;
  requests: Pick<StationRequests, 'change'>;
  files: FileStore;
  rows: TypeormLogFiles;
  address: Pick<TokenAddress, 'requestOf'>;
  telemetry: UploadTelemetry;
  limits: UploadLimits;
  now(): Date;
}

class TooSlow extends Error {}
class Empty extends Error {}

/** What a form may have around its file. */
const FORM_BYTES = 65_536;

/** Receives logs at the addresses of their requests: one whole file each, while the request is open (ADR 102). */
export class Uploads implements UploadReceiver {
  private underway = 0;
  private readonly telemetry: UploadTelemetry;

  constructor(private readonly parts: UploadsParts) {
    this.telemetry = parts.telemetry;
  }

  async receive(upload: Upload): Promise<void> {
    const request = await this.requestOf(upload.token);
    if (this.underway >= this.parts.limits.atOnce) {
      this.telemetry.refused('busy');
      throw new CsmsError('unavailable', 'as many uploads are received as may be at once');
    }
    this.telemetry.open(++this.underway);
    try {
      await this.store(request, upload);
    } finally {
      this.telemetry.open(--this.underway);
    }
  }

  /** Requests that have a whole file, and do not know it yet, because a process ended in between. */
  async noticeAll(): Promise<void> {
    for (const request of await this.parts.rows.unnoticed(REMOVAL_BATCH)) await this.notice(request);
  }

  /** A request that has a whole file, and does not know it yet, has succeeded. */
  private async notice(request: string): Promise<void> {
    await this.parts.requests.change(request, (one) => received(one, this.parts.now()));
  }

  private async requestOf(token: string): Promise<StationRequest> {
    const { address, store, now } = this.parts;
    const id = address.requestOf(token);
    const request = id === null ? null : await store.findById(id);
    if (request?.kind === 'log' && takesFile(request, now())) return request;
    this.telemetry.refused(id === null ? 'unknown-token' : 'closed');
    throw new CsmsError('not-found', 'nothing is received at this address, or nothing more');
  }

  private async store(request: StationRequest, upload: Upload): Promise<void> {
    const { rows, limits, now } = this.parts;
    const { tenant, station } = request;
    const id = randomUUID();
    try {
      if (upload.length !== null && upload.length > limits.maxBytes + FORM_BYTES) throw new FileTooLarge();
      const reservedBytes = Math.min(upload.length ?? limits.maxBytes, limits.maxBytes);
      await rows.begin({ id, tenant, station, request: request.id, at: now(), reservedBytes }, limits.tenantBytes);
    } catch (error) {
      throw await this.refusal(request, error);
    }
    try {
      const { name, sizeBytes, sha256 } = await this.write(id, upload);
      const shown = fileNameOf(name ?? bodyOf(request).fileName, `${request.subject}.log`);
      if (!(await rows.finish({ id, name: shown, sizeBytes, sha256, receivedAt: now() })))
        throw new CsmsError('not-found', 'nothing is received at this address any more');
      this.telemetry.stored(request, request.id, sizeBytes);
    } catch (error) {
      await this.discard(id);
      throw await this.refusal(request, error);
    }
    await this.notice(request.id);
  }

  private async write(id: string, upload: Upload) {
    const { files, limits } = this.parts;
    const given: { file?: UploadedFile } = {};
    const late = new TooSlow(`an upload takes at most ${limits.withinMs / 1_000} s`);
    let isLate: (error: Error) => void = () => undefined;
    const timeout = new Promise<never>((_resolve, reject) => (isLate = reject));
    const timer = setTimeout(() => {
      given.file?.body.destroy(late);
      isLate(late);
    }, limits.withinMs);
    try {
      const file = (given.file = await Promise.race([upload.file(), timeout]));
      const stored = await files.write(id, file.body, limits.maxBytes);
      if (stored.sizeBytes === 0) throw new Empty('the file is empty');
      return { ...stored, name: file.name };
    } finally {
      clearTimeout(timer);
      timeout.catch(() => undefined);
    }
  }

  private async discard(id: string): Promise<void> {
    await removeFile(this.parts, id).catch((error: unknown) => this.telemetry.notSwept(error));
  }

  /** What the station is answered; what came of it is kept at the request. */
  private async refusal(request: StationRequest, error: unknown): Promise<unknown> {
    if (error instanceof CsmsError && error.code !== 'bad-request' && !(error instanceof FilesUnavailable)) {
      this.telemetry.refused(error.code === 'conflict' ? 'conflict' : 'closed');
      return error;
    }
    const [fault, answer] = faultOf(error, this.parts.limits);
    if (fault === null) return error;
    this.telemetry.failed(request, request.id, fault, error);
    await this.parts.requests.change(request.id, (one) => uploadFailed(one, fault));
    return answer;
  }
}

/** Null: it is a fault of ours. */
function faultOf(error: unknown, { maxBytes }: UploadLimits): [UploadFault | null, CsmsError | null] {
  if (error instanceof FileTooLarge) return ['too-large', new CsmsError('payload-too-large', `a file has at most ${maxBytes} bytes`)];
  if (error instanceof FilesUnavailable) return ['no-room', error];
  if (error instanceof TooSlow) return ['too-slow', new CsmsError('request-timeout', error.message)];
  if (error instanceof Empty) return ['empty', new CsmsError('bad-request', 'there is no body, so no file')];
  if (error instanceof CsmsError) return ['not-readable', error];
  return wasInterrupted(error) ? ['interrupted', new CsmsError('bad-request', 'the file is not whole')] : [null, null];
}
