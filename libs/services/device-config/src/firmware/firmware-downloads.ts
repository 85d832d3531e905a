import { PassThrough, type Readable } from 'node:stream';
import { CsmsError } from '@voltbus/contracts';
import type { ByteRange, DownloadSource, OfferedFile } from '@voltbus/http';
import type { FileStore, TokenAddress } from '../files';
import type { StationRequest, TypeormStationRequests } from '../station-requests';
import { fileOf, type FirmwareFile } from './domain/firmware-image';
import { bodyOf, givesFile } from './domain/firmware-update';
import type { FirmwareFileTelemetry } from './firmware-file-telemetry';
import { DOWNLOADS_OF_REQUEST } from './limits';

/** Kinds of requests whose body has an image. */
const WITH_IMAGE: ReadonlySet<StationRequest['kind']> = new Set(['firmware', 'publication']);

interface FirmwareDownloadsParts {
  store: Pick<TypeormStationRequests, 'findById'>;
  address: Pick<TokenAddress, 'requestOf'>;
  files: FileStore;
  telemetry: FirmwareFileTelemetry;
  limits: { atOnce: number; withinMs: number };
  now(): Date;
}

/** Gives the files of images to stations, at the addresses of their requests and while these are open (ADR 119). */
export class FirmwareDownloads implements DownloadSource {
  private underway = 0;
  private readonly ofRequest = new Map<string, number>();

  constructor(private readonly parts: FirmwareDownloadsParts) {}

  async find(token: string): Promise<OfferedFile> {
    const { address, store, telemetry, now } = this.parts;
    const id = address.requestOf(token);
    const request = id === null ? null : await store.findById(id);
    const gives = request !== null && WITH_IMAGE.has(request.kind) && givesFile(request, now());
    const file = gives ? fileOf(bodyOf(request).image) : null;
    if (request !== null && file !== null) {
      const { name, sizeBytes, sha256 } = file;
      return { name, sizeBytes, sha256, read: (range) => this.read(request, file, range) };
    }
    telemetry.downloadRefused(id === null ? 'unknown-token' : 'closed');
    throw new CsmsError('not-found', 'nothing is at this address, or nothing more');
  }

  private async read(request: StationRequest, file: FirmwareFile, range: ByteRange | undefined): Promise<Readable> {
    const release = this.reserve(request.id);
    try {
      const source = await this.parts.files.read(file.id, range);
      return this.followed(request, source, { bytes: range === undefined ? file.sizeBytes : range.last - range.first + 1, release });
    } catch (error) {
      release();
      throw error;
    }
  }

  private reserve(request: string): () => void {
    const { limits, telemetry } = this.parts;
    const ofRequest = this.ofRequest.get(request) ?? 0;
    if (this.underway >= limits.atOnce || ofRequest >= DOWNLOADS_OF_REQUEST) {
      telemetry.downloadRefused('busy');
      throw new CsmsError('unavailable', 'as many downloads are under way as may be at once');
    }
    this.ofRequest.set(request, ofRequest + 1);
    telemetry.open(++this.underway);
    return () => {
      telemetry.open(--this.underway);
      const left = (this.ofRequest.get(request) ?? 1) - 1;
      if (left > 0) this.ofRequest.set(request, left);
      else this.ofRequest.delete(request);
    };
  }

  /** The stream, which ends in time, is counted, and gives its place free when it closes for whatever reason. */
  private followed(request: StationRequest, source: Readable, { bytes, release }: { bytes: number; release: () => void }): Readable {
    const { limits, telemetry } = this.parts;
    const out = new PassThrough();
    let sent = 0;
    out.on('data', (chunk: Buffer) => (sent += chunk.length)).pause();
    const late = setTimeout(() => out.destroy(new Error(`a download takes at most ${limits.withinMs / 1_000} s`)), limits.withinMs);
    source.once('error', (error) => out.destroy(error));
    out.once('error', () => undefined); // its reader is told
    out.once('close', () => {
      clearTimeout(late);
      source.destroy();
      release();
      telemetry.downloadEnded(request, request.id, { bytes: sent, whole: sent === bytes });
    });
    return source.pipe(out);
  }
}
