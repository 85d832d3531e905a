import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { CsmsError, MOST_USERS_NAMED, inUse } from '@voltbus/contracts';
import type { FileBody } from '@voltbus/http';
import { FileTooLarge, fileNameOf, removeFile, wasInterrupted, type FileStore } from '../files';
import type { FirmwareFile, FirmwareImage } from './domain/firmware-image';
import type { FirmwareFileTelemetry } from './firmware-file-telemetry';
import { IMAGE_UPLOADS_AT_ONCE } from './limits';
import type { TypeormFirmwareFiles } from './store/typeorm-firmware-files';
import type { TypeormFirmwareImages } from './store/typeorm-firmware-images';

interface FirmwareFilesParts {
  images: TypeormFirmwareImages;
  rows: TypeormFirmwareFiles;
  files: FileStore;
  telemetry: FirmwareFileTelemetry;
  limits: { maxBytes: number; tenantBytes: number; withinMs: number };
  now(): Date;
}

/** An image that is uploaded, as its operator describes it. */
interface ImageUpload extends FileBody {
  /** Null: it is called as the image is. */
  name: string | null;
  /** What its SHA-256 shall be, hexadecimal; null: that of the image, where it says so. */
  sha256: string | null;
}

/** Files of images: received from operators, kept, given back, removed. Each upload is a file of its own, which takes the place of the one before once it is whole. */
export class FirmwareFiles {
  private underway = 0;

  constructor(private readonly parts: FirmwareFilesParts) {}

  /**
   * Throws `not-found` without the image, `conflict` where it has a URL or the tenant has no room, `payload-too-large`, `bad-request` for an empty file or one
   * that is cut, `request-timeout`, `invalid` for one with another SHA-256, and `unavailable` beyond the uploads at once or where files cannot be kept.
   */
  async receive(tenant: string, image: string, upload: ImageUpload): Promise<FirmwareImage> {
    try {
      return await this.admit(tenant, image, upload);
    } finally {
      upload.body.destroy();
    }
  }

  private async admit(tenant: string, image: string, upload: ImageUpload): Promise<FirmwareImage> {
    if (this.underway >= IMAGE_UPLOADS_AT_ONCE) {
      this.parts.telemetry.uploadEnded('busy');
      throw new CsmsError('unavailable', `${IMAGE_UPLOADS_AT_ONCE} images are received at this time, as many as may be at once`);
    }
    this.underway++;
    try {
      const stored = await this.store(tenant, image, upload);
      this.parts.telemetry.uploadEnded('stored');
      return stored;
    } catch (error) {
      const [outcome, answer] = refusalOf(error, this.parts.limits);
      this.parts.telemetry.uploadEnded(outcome);
      throw answer;
    } finally {
      this.underway--;
    }
  }

  /** Throws `not-found` where the image has no file of ours. */
  async read(tenant: string, image: string): Promise<{ file: FirmwareFile; content: Readable }> {
    const known = await this.parts.images.find(tenant, image);
    const file = known?.file ?? null;
    if (file === null) throw new CsmsError('not-found', 'the image has no file here');
    return { file, content: await this.parts.files.read(file.id) };
  }

  /** The file itself goes with the sweep. Throws `not-found`, and `in-use` while an update or a campaign has it. */
  async remove(tenant: string, image: string): Promise<void> {
    const { images, now } = this.parts;
    await images.change(
      { tenant, image, now: now() },
      (before) => {
        if (before === null || before.file === null) throw new CsmsError('not-found', 'the image has no file here');
        return { ...before, file: null };
      },
      (manager, before) => this.mayGo(manager, before),
    );
  }

  /** Throws `in-use` while an update or a campaign has the file of the image. */
  async mayGo(manager: Parameters<TypeormFirmwareFiles['usersOf']>[0], image: FirmwareImage | null): Promise<void> {
    const { rows, now } = this.parts;
    if (image === null || image.file === null) return;
    const users = await rows.usersOf(manager, image.file.id, now(), MOST_USERS_NAMED);
    if (users.length > 0) throw inUse(users);
  }

  private async store(tenant: string, image: string, { name, sha256, length, body }: ImageUpload): Promise<FirmwareImage> {
    const { images, rows, limits, now } = this.parts;
    const before = await images.find(tenant, image);
    mustTakeFile(before);
    if (length !== null && length > limits.maxBytes) throw new FileTooLarge();
    const id = randomUUID();
    await rows.begin({ id, tenant, image, at: now(), reservedBytes: length ?? limits.maxBytes }, limits.tenantBytes);
    try {
      const stored = await this.write(id, body);
      const uploadedAt = now();
      const file: FirmwareFile = { id, name: fileNameOf(name, image), ...stored, uploadedAt: uploadedAt.toISOString() };
      return await images.change(
        { tenant, image, now: uploadedAt },
        (one) => withFile(one, file, sha256),
        (manager) => rows.finish(manager, { id, sizeBytes: stored.sizeBytes, at: uploadedAt }),
      );
    } catch (error) {
      await this.discard(id);
      throw error;
    }
  }

  private async write(id: string, body: Readable): ReturnType<FileStore['write']> {
    const { files, limits } = this.parts;
    const late = new CsmsError('request-timeout', `an upload takes at most ${limits.withinMs / 1_000} s`);
    const timer = setTimeout(() => body.destroy(late), limits.withinMs);
    try {
      const stored = await files.write(id, body, limits.maxBytes);
      if (stored.sizeBytes === 0) throw new CsmsError('bad-request', 'the file is empty');
      return stored;
    } finally {
      clearTimeout(timer);
    }
  }

  private async discard(id: string): Promise<void> {
    await removeFile(this.parts, id).catch((error: unknown) => this.parts.telemetry.notSwept(error));
  }
}

function mustTakeFile(image: FirmwareImage | null): asserts image is FirmwareImage {
  if (image === null) throw new CsmsError('not-found', 'no such firmware image');
  if (image.url !== null) throw new CsmsError('conflict', 'the image has a URL: write it with `url: null` first');
}

function withFile(image: FirmwareImage | null, file: FirmwareFile, wanted: string | null): FirmwareImage {
  mustTakeFile(image);
  const expected = (wanted ?? image.sha256)?.toLowerCase() ?? null;
  if (expected !== null && expected !== file.sha256)
    throw new CsmsError('invalid', `the file has the SHA-256 ${file.sha256}, and not ${expected}`);
  return { ...image, file };
}

function refusalOf(error: unknown, { maxBytes }: { maxBytes: number }): ['refused' | 'interrupted' | 'failed', unknown] {
  if (error instanceof FileTooLarge) return ['refused', new CsmsError('payload-too-large', `an image has at most ${maxBytes} bytes`)];
  if (wasInterrupted(error)) return ['interrupted', new CsmsError('bad-request', 'the file is not whole')];
  return [error instanceof CsmsError && error.code !== 'unavailable' ? 'refused' : 'failed', error];
}
