import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { CsmsError } from '@voltbus/contracts';
import { isUuid, type ByteRange } from '@voltbus/http';
import { FilesUnavailable, type FileStore, type StoredFile } from './file-store';
import { S3_CONNECT_MS, S3_PART_BYTES, S3_TRIES } from './limits';
import { MeasuredBody } from './measured-body';
import { untilStalled } from './until-stalled';

/** A bucket, and how it is reached. */
export interface S3Place {
  bucket: string;
  region: string;
  /** Undefined: AWS in that region. */
  endpoint: string | undefined;
  /** The bucket is in the path, and not in the name of the host. */
  pathStyle: boolean;
  /** Before the keys of files. */
  prefix: string;
  /** Undefined: those of the environment, the role of the pod or of the machine, as the AWS SDK looks for them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** File of the CA certificates (PEM) of the endpoint; undefined: the public ones. */
  caFile: string | undefined;
  /** How long S3 may take to answer a request, and to go on with a file that is being read. */
  waitMs: number;
}

/** Files in a bucket of S3, or of a service that speaks its protocol. An object is there when it is whole, as S3 has it. */
export class S3Files implements FileStore {
  private opened: S3Client | undefined;

  constructor(private readonly place: S3Place) {}

  async write(id: string, body: Readable, maxBytes: number): Promise<StoredFile> {
    const object = this.objectOf(id);
    const measured = new MeasuredBody(body, maxBytes);
    let failure: unknown;
    const read = async function* () {
      try {
        yield* measured.chunks();
      } catch (error) {
        failure = error; // the fault of the body, and not of S3
        throw error;
      }
    };
    try {
      const params = { ...object, Body: Readable.from(read()), ContentType: 'application/octet-stream' };
      await new Upload({ client: this.client, params, queueSize: 1, partSize: S3_PART_BYTES }).done();
      return measured.stored();
    } catch (error) {
      throw failure ?? unavailable(error);
    } finally {
      body.destroy();
    }
  }

  async read(id: string, range?: ByteRange): Promise<Readable> {
    const object = this.objectOf(id);
    try {
      const Range = range === undefined ? undefined : `bytes=${range.first}-${range.last}`;
      const { Body: body } = await this.client.send(new GetObjectCommand({ ...object, Range }));
      return untilStalled(body as Readable, this.place.waitMs); // in Node it is one
    } catch (error) {
      throw (error as Error).name === 'NoSuchKey' ? new CsmsError('not-found', 'the file is gone') : unavailable(error);
    }
  }

  async remove(id: string): Promise<void> {
    const object = this.objectOf(id);
    try {
      await this.client.send(new DeleteObjectCommand(object));
    } catch (error) {
      throw unavailable(error);
    }
  }

  close(): void {
    this.opened?.destroy();
  }

  /** Made when it is first used: a process without the HTTP API has no use for it, nor for its library. */
  private get client(): S3Client {
    return (this.opened ??= new S3Client(clientConfig(this.place)));
  }

  /** Nothing that a station or an operator wrote is in its key, which is laid out as in a folder, so that one can be copied into the other. */
  private objectOf(id: string): { Bucket: string; Key: string } {
    if (!isUuid(id)) throw new Error('that is no id of a file');
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${id.slice(0, 2)}/${id}` };
  }
}

function clientConfig({ region, endpoint, pathStyle, credentials, caFile, waitMs }: S3Place): S3ClientConfig {
  const sockets = { keepAlive: true }; // as many as are needed: uploads and downloads at once are bounded

  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    maxAttempts: S3_TRIES,
    // what S3 alone knows of newer checksums is refused by many a service that speaks its protocol; each part is signed with its SHA-256
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
    requestHandler: {
      ...{ connectionTimeout: S3_CONNECT_MS, requestTimeout: waitMs, throwOnRequestTimeout: true },
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent({ ...sockets, ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }) }),
    },
  };
}

/** Whatever S3 refuses, or does not answer, files cannot be kept there at this time. */
function unavailable(error: unknown): FilesUnavailable {
  return new FilesUnavailable(error);
}
