import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { CsmsError } from '@voltbus/contracts';
import type { UploadedFile } from './upload-receiver';

/** What a form may have beside its one file: a station sends a name or two, and everything else is an attack. */
const LIMITS = { files: 1, fields: 20, parts: 21, fieldNameSize: 100, fieldSize: 1_024, headerPairs: 20, headerSize: 8_192 };

const unreadable = (why: string, cause?: unknown) => new CsmsError('bad-request', `the form ${why}`, {}, { cause });

/** The file in a form (RFC 7578). Its body fails where the form ends before its last boundary, has a second file, or has more parts than it may. */
export function formFile(body: Readable, headers: IncomingHttpHeaders): Promise<UploadedFile> {
  return new Promise((resolve, reject) => {
    const form = formOf(headers);
    for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'])
      form.once(limit, () => form.destroy(unreadable('has more than one file and a few fields')));
    const read = pipeline(body, form).catch((error: unknown) => {
      throw error instanceof CsmsError ? error : unreadable('is not whole', error);
    });
    form.once('file', (_field: string, file: BusboyFileStream, name: string | undefined) =>
      resolve({ name: name ?? null, body: wholeFile(file, form, read) }),
    );
    // of no effect where there was a file
    read.then(() => reject(unreadable('has no file')), reject);
  });
}

function formOf(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' }, limits: LIMITS });
  } catch (error) {
    throw unreadable('has no boundary', error);
  }
}

/** The file, whose end comes only after that of its form. */
function wholeFile(file: BusboyFileStream, form: BusboyInstance, read: Promise<void>): Readable {
  const whole = new PassThrough();
  for (const stream of [file, whole]) stream.on('error', () => undefined); // who reads it is told
  file.pipe(whole, { end: false });
  read.then(
    () => whole.end(),
    (error: Error) => whole.destroy(error),
  );
  return whole.once('close', () => form.destroy());
}
